import type { WebSocketRequestContext } from './web-socket-event.ts';

/** When the token of a connection expires, as `authorizeConnect` passed it on: epoch seconds, `Infinity` without one. */
export const tokenExpiry = ({ authorizer }: Pick<WebSocketRequestContext, 'authorizer'>): number => {
  const exp = Number(authorizer?.exp);
  return exp > 0 ? exp : Number.POSITIVE_INFINITY;
};
