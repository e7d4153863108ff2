import { ClientError } from '../../schemas/errors.ts';
import type { RoutedEvent, WebSocketRequestContext } from '../../schemas/web-socket-event.ts';
import { requestContextOf } from '../support/find-services.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';

/**
 * Refuses messages of a connection whose token has expired, because API Gateway calls the authorizer only for the
 * handshake. It refuses a handshake with an expired token too, with 401. It reads `exp` of the authorizer's context. An
 * `exp` that is not a positive number counts as expired. Without `exp`, and on `$disconnect`, it does nothing.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { answerErrors, refuseExpiredToken, type WebSocketEvent } from 'middy-fanout';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(answerErrors())
 *   .use(refuseExpiredToken())
 *   .handler(() => ({ statusCode: 200 }));
 * ```
 * @throws {ClientError} `UNAUTHORIZED`
 * @throws {TypeError} if the event is not a WebSocket event.
 */
export const refuseExpiredToken = (): MiddlewareObj<RoutedEvent> => {
  const refuseExpiredTokenBefore = ({ event }: Request<RoutedEvent>): void => {
    const requestContext = requestContextOf('refuseExpiredToken', event);
    if (requestContext.eventType !== 'DISCONNECT' && tokenExpiry(requestContext) * 1_000 <= Date.now()) {
      throw new ClientError('UNAUTHORIZED');
    }
  };
  return { before: refuseExpiredTokenBefore };
};

/**
 * Returns when the token of a connection expires, in epoch seconds: `exp` of the authorizer's context, which is text on
 * AWS. Returns `Infinity` without `exp`: the authorizer allows tokens without expiry, or is not the framework's.
 * Returns 0 (expired) for an `exp` that is not a positive number, because such a token cannot be shown to be valid.
 */
export const tokenExpiry = ({ authorizer }: Pick<WebSocketRequestContext, 'authorizer'>): number => {
  const exp = authorizer?.exp;
  if (exp === undefined) return Number.POSITIVE_INFINITY;
  const seconds = typeof exp === 'string' || typeof exp === 'number' ? Number(exp) : Number.NaN;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
};
