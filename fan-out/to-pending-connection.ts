import type { ConnectionRow } from '../schemas/connection-row.ts';
import type { Delivery } from './delivery.ts';
import type { PendingConnection } from './pending-connection.ts';

/**
 * A connection to which nothing is posted yet. A row past its ttl is none: it is counted as expired, and DynamoDB's ttl
 * deletes it.
 * @param now Epoch milliseconds.
 */
export const toPendingConnection = (
  { connectionId, connectedAt, ttl }: ConnectionRow,
  deliveries: readonly Delivery[],
  now: number,
): PendingConnection | undefined => {
  if (ttl * 1_000 > now) {
    return {
      connectionId,
      connectedAt,
      deliveries,
      next: 0,
      posts: 0,
      firstPostedAt: 0,
      setback: 'untried',
      abandoned: false,
      answeredIn: 0,
      throttledIn: 0,
    };
  }
  for (const { account } of deliveries) account.expired++;
  return undefined;
};
