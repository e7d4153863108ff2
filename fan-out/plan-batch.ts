import type { SegmentConnections } from '../schemas/broadcast-record.ts';
import type { ConnectionRow } from '../schemas/connection-row.ts';
import type { Delivery } from './delivery.ts';
import type { Lot } from './lot.ts';
import type { SharedScan } from './scan-connections.ts';

/** What a batch comes to: the connections its segments brought, and the scans the others need. */
export interface BatchPlan {
  /** No connection is in two of them. */
  carried: readonly Lot[];
  /** Those that go on first, then the one from the start. */
  scans: readonly SharedScan[];
}

/**
 * Sorts the records of a batch into work. Segments with connections in common are merged, so that each connection receives
 * its messages in order and a stale one is found once. New broadcasts share one scan, and so do those with the same
 * cursor. A broadcast that has expired is counted and left out.
 * @param now Epoch milliseconds.
 */
export const planBatch = (deliveries: readonly Delivery[], now: number): BatchPlan => {
  const { expired = [], alive = [] } = Object.groupBy(deliveries.toSorted(bySentAt), ({ broadcast }) =>
    broadcast.expiresAt <= now ? 'expired' : 'alive',
  );
  for (const { account } of expired) account.expired = account.carried;
  const segments = alive.filter(({ broadcast }) => broadcast.connections);
  const scanning = Map.groupBy(
    alive.filter(({ broadcast }) => !broadcast.connections),
    ({ broadcast }) => broadcast.cursor,
  );
  const scans = [...scanning].map(([cursor, sharing]) => ({ cursor, deliveries: sharing }));
  return { carried: mergeSegments(segments), scans: scans.toSorted(startLast) };
};

const bySentAt = (a: Delivery, b: Delivery): number => a.broadcast.sentAt - b.broadcast.sentAt;

const startLast = (a: SharedScan, b: SharedScan): number =>
  Number(a.cursor === undefined) - Number(b.cursor === undefined);

const mergeSegments = (segments: readonly Delivery[]): Lot[] => {
  const connections = new Map<string, { row: ConnectionRow; key: string }>();
  for (const [index, { broadcast }] of segments.entries()) {
    for (const [connectionId, connectedAt] of Object.entries(broadcast.connections as SegmentConnections)) {
      const found = connections.get(connectionId);
      if (found) found.key += `,${index}`;
      // A segment says nothing of the row's ttl: API Gateway knows whether the connection is still there.
      else connections.set(connectionId, { row: { connectionId, connectedAt, ttl: Infinity }, key: `${index}` });
    }
  }
  const merged = Map.groupBy(connections.values(), ({ key }) => key);
  return [...merged].map(([key, sharing]) => ({
    rows: sharing.map(({ row }) => row),
    deliveries: key.split(',').map((index) => segments[Number(index)] as Delivery),
  }));
};
