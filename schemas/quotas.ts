/**
 * Limits of the services, each with its unit and source. Ours are named as ours.
 *
 * API Gateway: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 * SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
const KIB = 1_024;

/** Largest WebSocket message API Gateway takes from a client or delivers to one, in bytes. */
export const MAX_MESSAGE_BYTES = 128 * KIB;
/** Largest WebSocket frame a client may send, in bytes. A larger one closes the connection with 1009. */
export const MAX_FRAME_BYTES = 32 * KIB;
/** Largest SQS message, and largest sum of a batch, in bytes. */
export const MAX_QUEUE_MESSAGE_BYTES = 1_024 * KIB;
/** Longest delay of a single SQS message, in seconds. */
export const MAX_QUEUE_DELAY_SECONDS = 900;
/**
 * Longest partition key of DynamoDB, in bytes. Ids of API Gateway have 16; a table that was there before may have others.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const MAX_KEY_BYTES = 2_048;
/** Longest life of a connection, in seconds. */
export const MAX_CONNECTION_SECONDS = 7_200;
/** A connection without traffic for this long is closed with 1001, in seconds. */
export const IDLE_CONNECTION_SECONDS = 600;
/** Longest a WebSocket integration may take, in milliseconds. Not raisable. */
export const MAX_INTEGRATION_MS = 29_000;
/** Requests a second of an account in one Region, shared by all its APIs and by `@connections` posts. Raisable; 2,500 in some Regions. */
export const ACCOUNT_REQUESTS_PER_SECOND = 10_000;
/** New connections a second of an account in one Region. Raisable. */
export const NEW_CONNECTIONS_PER_SECOND = 500;

/** Ours: how long after its two hours a row may stay before DynamoDB's ttl deletes it, in seconds. */
export const ROW_GRACE_SECONDS = 300;
/**
 * Ours: how long after `connectedAt` a 410 means "still connecting" rather than "gone", in seconds. API Gateway answers
 * 410 until the handshake has finished, and a `$connect` integration may take 29 seconds.
 */
export const CONNECTING_SECONDS = 30;
/** Ours: how long a broadcast is worth delivering unless it says otherwise, in milliseconds. */
export const BROADCAST_LIFE_MS = 600_000;
