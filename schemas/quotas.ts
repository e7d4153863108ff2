/**
 * Limits of the services, each with its unit and source. Limits of this framework say "our choice".
 *
 * API Gateway:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 * SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const KIB = 1_024;

/** Largest WebSocket message that API Gateway takes from a client or delivers to one, in bytes. */
export const MAX_MESSAGE_BYTES = 128 * KIB;
/** Largest WebSocket frame a client may send, in bytes. A larger one closes the connection with 1009. */
export const MAX_FRAME_BYTES = 32 * KIB;
/** Largest SQS message, and largest sum of a batch, in bytes. */
export const MAX_QUEUE_MESSAGE_BYTES = 1_024 * KIB;
/** Longest delay of a single SQS message, in seconds. */
export const MAX_QUEUE_DELAY_SECONDS = 900;
/**
 * Longest partition key of DynamoDB, in bytes. Ids of API Gateway have 16, but an existing table may have others.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const MAX_KEY_BYTES = 2_048;
/** Longest life of a connection, in seconds. */
export const MAX_CONNECTION_SECONDS = 7_200;
/** Longest time without traffic, in seconds. Then API Gateway closes the connection with 1001. */
export const IDLE_CONNECTION_SECONDS = 600;
/** Longest duration of a WebSocket integration, in milliseconds. Cannot be raised. */
export const MAX_INTEGRATION_MS = 29_000;
/**
 * Requests a second of an account in one Region, for all its APIs and its `@connections` posts. 2,500 in some Regions.
 * Can be raised.
 */
export const ACCOUNT_REQUESTS_PER_SECOND = 10_000;
/** New connections a second of an account in one Region. Can be raised. */
export const NEW_CONNECTIONS_PER_SECOND = 500;

/** Our choice: how long a row stays after its two hours before it expires, in seconds. */
export const ROW_GRACE_SECONDS = 300;
/**
 * Our choice: until this long after `connectedAt`, a 410 means "still connecting", not "gone". In seconds. API Gateway
 * answers 410 until the handshake has finished, and a `$connect` integration may take 29 seconds.
 */
export const CONNECTING_SECONDS = 30;
/** Our choice: default life of a broadcast, in milliseconds. */
export const BROADCAST_LIFE_MS = 600_000;
