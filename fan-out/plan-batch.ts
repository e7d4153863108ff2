import type { SegmentConnections } from '../schemas/broadcast-record.ts';
import type { ConnectionRow } from '../schemas/connection-row.ts';
import type { ConnectionGroup } from './posting/connection-backlog.ts';
import type { Delivery } from './records/delivery.ts';

import type { SharedScan } from './scan-connections.ts';

/** What a batch comes to: the connections its segments brought, and the scans the others need. */
export interface BatchPlan {
  /** Nobody is posted these any more. */
  expired: readonly Delivery[];
  /** No connection is in two groups. */
  carried: readonly ConnectionGroup[];
  /** Those that go on first, then the one from the start. */
  scans: readonly SharedScan[];
}

/**
 * Sorts the records of a batch into work. Segments with connections in common are merged, so that each connection receives
 * its messages in order and a stale one is found once. New broadcasts share one scan, and so do those with the same
 * cursor.
 * @param now Epoch milliseconds.
 */
export const planBatch = (deliveries: readonly Delivery[], now: number): BatchPlan => {
  const { expired = [], alive = [] } = Object.groupBy(deliveries.toSorted(bySentAt), ({ broadcast }) =>
    broadcast.expiresAt <= now ? 'expired' : 'alive',
  );
  const segments = alive.filter(({ broadcast }) => broadcast.connections);
  const scanning = Map.groupBy(
    alive.filter(({ broadcast }) => !broadcast.connections),
    ({ broadcast }) => broadcast.cursor,
  );
  const scans = [...scanning].map(([cursor, sharing]) => ({ cursor, deliveries: sharing }));
  return { expired, carried: mergeSegments(segments), scans: scans.toSorted(startLast) };
};

const bySentAt = (a: Delivery, b: Delivery): number => a.broadcast.sentAt - b.broadcast.sentAt;

const startLast = (a: SharedScan, b: SharedScan): number =>
  Number(a.cursor === undefined) - Number(b.cursor === undefined);

const mergeSegments = (segments: readonly Delivery[]): ConnectionGroup[] => {
  const connections = new Map<string, { row: ConnectionRow; key: string }>();
  for (const [index, { broadcast }] of segments.entries()) {
    for (const [connectionId, [connectedAt, ttl]] of Object.entries(broadcast.connections as SegmentConnections)) {
      const found = connections.get(connectionId);
      if (!found) connections.set(connectionId, { row: { connectionId, connectedAt, ttl }, key: `${index}` });
      else {
        found.key += `,${index}`;
        found.row.ttl = Math.max(found.row.ttl, ttl); // the row was kept for longer in between
      }
    }
  }
  const merged = Map.groupBy(connections.values(), ({ key }) => key);
  return [...merged].map(([key, sharing]) => ({
    rows: sharing.map(({ row }) => row),
    deliveries: key.split(',').map((index) => segments[Number(index)] as Delivery),
  }));
};
