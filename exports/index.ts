// What a handler imports: `middy-fanout`.

export type { ConnectionInfo, ConnectionManager } from '../aws/connections/connection-manager.ts';
export type { ConnectionPage, ConnectionTable } from '../aws/connections/connection-table.ts';
export type { ConnectionPoster, PostOutcome, PostResult } from '../aws/posting/connection-poster.ts';
export type { BroadcastQueue } from '../aws/queue/broadcast-queue.ts';
export type { Services } from '../aws/services.ts';
export { type AnswerErrorsOptions, answerErrors } from '../middleware/answer-errors.ts';
export { answerOk } from '../middleware/answer-ok.ts';
export { type BroadcastPlainTextOptions, broadcastPlainText } from '../middleware/broadcast-plain-text.ts';
export { answerSubprotocol } from '../middleware/connect/answer-subprotocol.ts';
export {
  type AuthorizeConnectOptions,
  authorizeConnect,
  type ConnectAuthorization,
  type ConnectAuthorizerEvent,
} from '../middleware/connect/authorize-connect.ts';
export { type KeepConnectionOptions, keepConnection } from '../middleware/connect/keep-connection.ts';
export { refuseExpiredToken } from '../middleware/connect/refuse-expired-token.ts';
export { keepRawBody } from '../middleware/keep-raw-body.ts';
export { logRequests } from '../middleware/log-requests.ts';
export { parseBody } from '../middleware/parse-body.ts';
export { provideActions } from '../middleware/provide-actions.ts';
export { provideServices } from '../middleware/provide-services.ts';
export { logBatches } from '../middleware/queue/log-batches.ts';
export { parseBroadcasts } from '../middleware/queue/parse-broadcasts.ts';
export { type QueueBatch, queueBatch } from '../middleware/queue/queue-batch.ts';
export type { QueueBatchContext } from '../middleware/queue/queue-batch-context.ts';
export type { QueueBatchEvent } from '../middleware/queue/queue-batch-event.ts';
export { reportFailures } from '../middleware/queue/report-failures.ts';
export { refuseMalformedJson } from '../middleware/refuse-malformed-json.ts';
export { refuseOtherEvents } from '../middleware/refuse-other-events.ts';
export type { RouteContext } from '../middleware/support/route-context.ts';
export { validateBody } from '../middleware/validate-body.ts';
export { type WebSocketRoute, webSocketRoute } from '../middleware/web-socket-route.ts';
export { ClientError, ERROR_CODES, type ErrorCode, type ErrorDetails } from '../schemas/errors.ts';
export type { RouteEvent } from '../schemas/route-event.ts';
export type { RouteResponse } from '../schemas/route-response.ts';
export type { WebSocketEvent, WebSocketRequestContext } from '../schemas/web-socket-event.ts';
