import type { Delivery } from './delivery.ts';
import { needsNoPost } from './needs-no-post.ts';
import type { PendingConnection } from './pending-connection.ts';
import type { HandOverReason } from './plan-hand-over.ts';

/**
 * Leaves the messages that a connection has not received to other functions: all of them for the reason of the first,
 * because to post the others now would change their order.
 * @param now Epoch milliseconds.
 */
export const handOverConnection = (connection: PendingConnection, reason: HandOverReason, now: number): void => {
  for (; connection.next < connection.deliveries.length; connection.next++) {
    const delivery = connection.deliveries[connection.next] as Delivery;
    if (needsNoPost(delivery, connection, now)) continue;
    delivery.remainder.add(reason, connection.connectionId, connection.connectedAt);
  }
};
