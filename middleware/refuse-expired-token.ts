import type { MiddlewareObj, Request } from '@middy/core';
import { ClientError } from '../schemas/errors.ts';
import { tokenExpiry } from './token-expiry.ts';
import type { RoutedEvent } from './web-socket-event.ts';

/**
 * Refuses messages of a connection whose token has expired since it was opened: API Gateway asks the authorizer only
 * once. Without an authorizer that passes `exp` on it does nothing, and nothing on `$disconnect`.
 * @throws {ClientError} `UNAUTHORIZED`
 */
export const refuseExpiredToken = (): MiddlewareObj<RoutedEvent> => {
  const refuseExpiredTokenBefore = ({ event: { requestContext } }: Request<RoutedEvent>): void => {
    if (requestContext.eventType === 'MESSAGE' && tokenExpiry(requestContext) * 1_000 <= Date.now()) {
      throw new ClientError('UNAUTHORIZED');
    }
  };
  return { before: refuseExpiredTokenBefore };
};
