// What a handler imports: `middy-fanout`.
export type { BroadcastQueue } from '../aws/broadcast-queue.ts';
export type { ConnectionInfo, ConnectionManager } from '../aws/connection-manager.ts';
export type { ConnectionPoster, PostOutcome, PostResult } from '../aws/connection-poster.ts';
export type { ConnectionPage, ConnectionTable } from '../aws/connection-table.ts';
export type { Services } from '../aws/services.ts';
export { type AnswerErrorsOptions, answerErrors } from '../middleware/answer-errors.ts';
export { answerOk } from '../middleware/answer-ok.ts';
export { answerSubprotocol } from '../middleware/answer-subprotocol.ts';
export {
  type AuthorizeConnectOptions,
  authorizeConnect,
  type ConnectAuthorization,
  type ConnectAuthorizerEvent,
} from '../middleware/authorize-connect.ts';
export { type BroadcastPlainTextOptions, broadcastPlainText } from '../middleware/broadcast-plain-text.ts';
export { type KeepConnectionOptions, keepConnection } from '../middleware/keep-connection.ts';
export { keepRawBody } from '../middleware/keep-raw-body.ts';
export { logBatches } from '../middleware/log-batches.ts';
export { logRequests } from '../middleware/log-requests.ts';
export { parseBody } from '../middleware/parse-body.ts';
export { parseBroadcasts } from '../middleware/parse-broadcasts.ts';
export { provideActions } from '../middleware/provide-actions.ts';
export { provideServices } from '../middleware/provide-services.ts';
export { type QueueBatch, queueBatch } from '../middleware/queue-batch.ts';
export type { QueueBatchContext } from '../middleware/queue-batch-context.ts';
export type { QueueBatchEvent } from '../middleware/queue-batch-event.ts';
export { refuseExpiredToken } from '../middleware/refuse-expired-token.ts';
export { refuseMalformedJson } from '../middleware/refuse-malformed-json.ts';
export { refuseOtherEvents } from '../middleware/refuse-other-events.ts';
export { reportFailures } from '../middleware/report-failures.ts';
export type { RouteContext } from '../middleware/route-context.ts';
export type { RouteEvent } from '../middleware/route-event.ts';
export type { RouteResponse } from '../middleware/route-response.ts';
export { validateBody } from '../middleware/validate-body.ts';
export type { WebSocketEvent, WebSocketRequestContext } from '../middleware/web-socket-event.ts';
export { type WebSocketRoute, webSocketRoute } from '../middleware/web-socket-route.ts';
export { ClientError, ERROR_CODES, type ErrorCode, type ErrorDetails } from '../schemas/errors.ts';
