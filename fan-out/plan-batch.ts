import type { SegmentConnections } from '../schemas/broadcast-record.ts';
import type { ConnectionRow } from '../schemas/connections/connection-row.ts';
import type { ConnectionGroup } from './posting/connection-backlog.ts';
import type { Delivery } from './records/delivery.ts';
import type { SharedScan } from './scan-connections.ts';

/** The work of a batch: the connections that its segments carry, and the scans that its other records need. */
export interface BatchPlan {
  /** Expired records, which are not posted. */
  expired: readonly Delivery[];
  /** No connection is in two groups. */
  carried: readonly ConnectionGroup[];
  /** The scans that continue from a cursor come first, and the scan from the start comes last. */
  scans: readonly SharedScan[];
}

/**
 * Plans the work of a batch. Segments that share connections are merged, so that each connection receives its messages
 * in order and a stale connection is found once. New broadcasts share one scan. Records with the same cursor share one
 * scan too.
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
    for (const [connectionId, [connectedAt, ttl, protocol]] of Object.entries(
      broadcast.connections as SegmentConnections,
    )) {
      const known = connections.get(connectionId);
      if (!known) {
        const row = { connectionId, connectedAt, ttl, ...(protocol === 1 && { protocol: true }) };
        connections.set(connectionId, { row, key: `${index}` });
      } else {
        known.key += `,${index}`;
        known.row.ttl = Math.max(known.row.ttl, ttl); // the row's ttl was extended between the two segments
      }
    }
  }
  const merged = Map.groupBy(connections.values(), ({ key }) => key);
  return [...merged].map(([key, sharing]) => ({
    rows: sharing.map(({ row }) => row),
    deliveries: key.split(',').map((index) => segments[Number(index)] as Delivery),
  }));
};
