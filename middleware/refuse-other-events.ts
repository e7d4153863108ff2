import type { MiddlewareObj, Request } from '@middy/core';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';

/**
 * Refuses an event that did not come from a WebSocket API: there is nobody to answer, so the function fails. The console's
 * shortest test event, `{"requestContext": {"connectionId": "test"}}`, is enough of one.
 */
export const refuseOtherEvents = (): MiddlewareObj<RoutedEvent> => {
  const refuseOtherEventsBefore = ({ event }: Request<Partial<RoutedEvent> | null>): void => {
    if (typeof event?.requestContext?.connectionId === 'string') return;
    throw new TypeError(
      'This is no event of a WebSocket API: it has no requestContext.connectionId. A test event needs at least {"requestContext": {"connectionId": "test"}}',
    );
  };
  return { before: refuseOtherEventsBefore };
};
