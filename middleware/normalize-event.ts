import type { RoutedEvent, RouteResponse } from '../schemas/web-socket-event.ts';
import { requestContextOf } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';

/**
 * Fails on an event that did not come from a WebSocket API, because there is no client to answer. It accepts the
 * shortest test event of the console, `{"requestContext": {"connectionId": "test"}}`.
 */
export const refuseOtherEvents = (): MiddlewareObj<RoutedEvent> => {
  const refuseOtherEventsBefore = ({ event }: Request<Partial<RoutedEvent> | null>): void => {
    requestContextOf('webSocketRoute', event);
  };
  return { before: refuseOtherEventsBefore };
};

/** Stores the client's text as `event.rawBody`. Put it before `parseBody`. */
export const keepRawBody = (): MiddlewareObj<{ body?: unknown; rawBody?: string }> => {
  const keepRawBodyBefore = ({ event }: Request<{ body?: unknown; rawBody?: string }>): void => {
    event.rawBody = typeof event.body === 'string' ? event.body : '';
  };
  return { before: keepRawBodyBefore };
};

/**
 * Answers `{statusCode: 200}` unless the handler returned a response with a `statusCode`. For any other value, API
 * Gateway would send "Internal server error" to the client.
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
