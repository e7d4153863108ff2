import type { MiddlewareObj, Request } from '@middy/core';
import type { RouteEvent } from './route-event.ts';

/** Keeps the client's text as `event.rawBody`, whatever becomes of `event.body`. Goes before `parseBody`. */
export const keepRawBody = (): MiddlewareObj<RouteEvent> => {
  const keepRawBodyBefore = ({ event }: Request<RouteEvent>): void => {
    event.rawBody = typeof event.body === 'string' ? event.body : '';
  };
  return { before: keepRawBodyBefore };
};
