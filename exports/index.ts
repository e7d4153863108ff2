/**
 * The entry point for handlers: routes, middlewares, errors and their types.
 * @module middy-fanout
 */

export type { ChannelQueue } from '../aws/channels/channel-queue.ts';
export type {
  ChannelConnection,
  ChannelTable,
  Head,
  LogRange,
  PresenceState,
  Subscription,
  SubscriptionPage,
} from '../aws/channels/channel-table.ts';
export type { ConnectionInfo, ConnectionManager } from '../aws/connections/connection-manager.ts';
export type { ConnectionPage, ConnectionTable } from '../aws/connections/connection-table.ts';
export type { ConnectionPoster, PostOutcome, PostResult } from '../aws/posting/connection-poster.ts';
export type { BroadcastQueue } from '../aws/queue/broadcast-queue.ts';
export type { Services } from '../aws/services.ts';
export { type AnswerErrorsOptions, answerErrors } from '../middleware/answer-errors.ts';
export { parseBody } from '../middleware/body/parse-body.ts';
export { refuseMalformedJson } from '../middleware/body/refuse-malformed-json.ts';
export { validateBody } from '../middleware/body/validate-body.ts';
export { type BroadcastPlainTextOptions, broadcastPlainText } from '../middleware/broadcast-plain-text.ts';
export {
  type ChannelRequest,
  type ChannelRoutes,
  type ChannelRoutesOptions,
  channelRoutes,
} from '../middleware/channel-routes.ts';
export type { ChannelOperation, ChannelQuestion } from '../middleware/channels/channel-call.ts';
export type { Members } from '../middleware/channels/members.ts';
export type { ChannelActions } from '../middleware/channels/provide-channel-actions.ts';
export { answerSubprotocol } from '../middleware/connect/answer-subprotocol.ts';
export {
  type AuthorizeConnectOptions,
  authorizeConnect,
  type ConnectAuthorization,
  type ConnectAuthorizerEvent,
} from '../middleware/connect/authorize-connect.ts';
export { type KeepConnectionOptions, keepConnection } from '../middleware/connect/keep-connection.ts';
export { refuseExpiredToken } from '../middleware/connect/refuse-expired-token.ts';
export { type LogRequestsOptions, logRequests } from '../middleware/log-requests.ts';
export { answerOk } from '../middleware/normalize-event.ts';
export { type ProvideActionsOptions, provideActions } from '../middleware/provide-actions.ts';
export { type ProvideServicesOptions, provideServices } from '../middleware/provide-services.ts';
export type { QueueBatchContext, QueueBatchEvent } from '../middleware/queue/batch-event.ts';
export { type QueueBatch, type QueueBatchOptions, queueBatch } from '../middleware/queue/queue-batch.ts';
export type { MiddlewareObj, MiddyPlugin, Request } from '../middleware/support/middleware-obj.ts';
export type { RouteContext } from '../middleware/support/route-context.ts';
export {
  type ChannelsOption,
  type RouteMiddleware,
  type WebSocketMiddlewaresOptions,
  type WebSocketRoute,
  type WebSocketRouteOptions,
  webSocketMiddlewares,
  webSocketRoute,
} from '../middleware/web-socket-route.ts';
export {
  type ApplicationErrorDetails,
  ClientError,
  ERROR_CODES,
  type ErrorCode,
  type ErrorDetails,
} from '../schemas/errors.ts';
export type { BodyValidator } from '../schemas/validation/body-validator.ts';
export type {
  RouteEvent,
  RouteResponse,
  WebSocketEvent,
  WebSocketRequestContext,
} from '../schemas/web-socket-event.ts';
