import type { Delivery } from './delivery.ts';
import { needsNoPost } from './needs-no-post.ts';
import type { PendingConnection } from './pending-connection.ts';

/**
 * Counts the messages that a stale connection has not received.
 * @param now Epoch milliseconds.
 */
export const countStale = (connection: PendingConnection, now: number): void => {
  for (; connection.next < connection.deliveries.length; connection.next++) {
    const delivery = connection.deliveries[connection.next] as Delivery;
    if (!needsNoPost(delivery, connection, now)) delivery.account.stale++;
  }
};
