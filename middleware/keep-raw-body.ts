import type { MiddlewareObj, Request } from '@middy/core';

/** Keeps the client's text as `event.rawBody`, whatever becomes of `event.body`. Goes before `parseBody`. */
export const keepRawBody = (): MiddlewareObj<{ body?: unknown; rawBody?: string }> => {
  const keepRawBodyBefore = ({ event }: Request<{ body?: unknown; rawBody?: string }>): void => {
    event.rawBody = typeof event.body === 'string' ? event.body : '';
  };
  return { before: keepRawBodyBefore };
};
