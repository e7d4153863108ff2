import type { RoutedEvent, RouteResponse } from '../schemas/web-socket-event.ts';
import { requestContextOf } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';

/**
 * Refuses an event that did not come from a WebSocket API: there is nobody to answer, so the function fails. The console's
 * shortest test event, `{"requestContext": {"connectionId": "test"}}`, is enough of one.
 */
export const refuseOtherEvents = (): MiddlewareObj<RoutedEvent> => {
  const refuseOtherEventsBefore = ({ event }: Request<Partial<RoutedEvent> | null>): void => {
    requestContextOf('webSocketRoute', event);
  };
  return { before: refuseOtherEventsBefore };
};

/** Keeps the client's text as `event.rawBody`, whatever becomes of `event.body`. Goes before `parseBody`. */
export const keepRawBody = (): MiddlewareObj<{ body?: unknown; rawBody?: string }> => {
  const keepRawBodyBefore = ({ event }: Request<{ body?: unknown; rawBody?: string }>): void => {
    event.rawBody = typeof event.body === 'string' ? event.body : '';
  };
  return { before: keepRawBodyBefore };
};

/**
 * Answers `{statusCode: 200}` unless the handler returned a response of its own. Anything else that it returned is not
 * one: API Gateway would fail on it, and send the client "Internal server error".
 *
 * ```ts
 * import middy from '@middy/core';
 * import { answerOk, type WebSocketEvent } from 'middy-fanout';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(answerOk())
 *   .handler(() => {});
 * ```
 */
export const answerOk = (): MiddlewareObj<unknown, RouteResponse> => {
  const answerOkAfter = (request: Request<unknown, RouteResponse>): void => {
    const { statusCode } = Object(request.response) as Partial<RouteResponse>;
    if (!Number.isInteger(statusCode)) request.response = { statusCode: 200 };
  };
  return { after: answerOkAfter };
};
