import type { Delivery } from './delivery.ts';
import type { PendingConnection } from './pending-connection.ts';

/**
 * The messages of a connection that has come again with more of them, in the order of `sentAt`. The one that it may be
 * receiving now stays where it is.
 */
export const addDeliveries = (
  { deliveries, next }: Pick<PendingConnection, 'deliveries' | 'next'>,
  more: readonly Delivery[],
): readonly Delivery[] => [
  ...deliveries.slice(0, next + 1),
  ...[...deliveries.slice(next + 1), ...more].sort((a, b) => a.broadcast.sentAt - b.broadcast.sentAt),
];
