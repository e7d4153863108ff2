import type { WebSocketRequestContext } from '../../schemas/web-socket-event.ts';

/**
 * When the token of a connection expires, in epoch seconds, as its authorizer passed it on in `exp`: text on AWS.
 *
 * `Infinity` without `exp`: the authorizer is somebody else's, or allows tokens without expiry. 0, which is long ago, for
 * an `exp` that is not a positive number: nobody can say that such a token is still valid.
 */
export const tokenExpiry = ({ authorizer }: Pick<WebSocketRequestContext, 'authorizer'>): number => {
  const exp = authorizer?.exp;
  if (exp === undefined) return Number.POSITIVE_INFINITY;
  const seconds = typeof exp === 'string' || typeof exp === 'number' ? Number(exp) : Number.NaN;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
};
