import type { MiddlewareObj, Request } from '@middy/core';
import { ClientError } from '../../schemas/errors.ts';
import type { RoutedEvent } from '../../schemas/web-socket-event.ts';
import { tokenExpiry } from './token-expiry.ts';

/**
 * Refuses events of a connection whose token has expired: messages, because API Gateway asks the authorizer only once, and
 * a handshake, which is 401 then. An `exp` that the authorizer passes on and that is not a positive number counts as
 * expired. Without an authorizer that passes `exp` on it does nothing, and nothing on `$disconnect`.
 * @throws {ClientError} `UNAUTHORIZED`
 */
export const refuseExpiredToken = (): MiddlewareObj<RoutedEvent> => {
  const refuseExpiredTokenBefore = ({ event: { requestContext } }: Request<RoutedEvent>): void => {
    if (requestContext.eventType !== 'DISCONNECT' && tokenExpiry(requestContext) * 1_000 <= Date.now()) {
      throw new ClientError('UNAUTHORIZED');
    }
  };
  return { before: refuseExpiredTokenBefore };
};
