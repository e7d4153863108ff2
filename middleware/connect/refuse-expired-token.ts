import { ClientError } from '../../schemas/errors.ts';
import type { RoutedEvent, WebSocketRequestContext } from '../../schemas/web-socket-event.ts';
import { requestContextOf } from '../support/find-services.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';

/**
 * Refuses events of a connection whose token has expired: messages, because API Gateway asks the authorizer only once, and
 * a handshake, which is 401 then. An `exp` that the authorizer passes on and that is not a positive number counts as
 * expired. Without an authorizer that passes `exp` on it does nothing, and nothing on `$disconnect`.
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
 * @throws {TypeError} for an event of another source.
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
