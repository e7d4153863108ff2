import type { ConnectionPage, ConnectionTable } from '../aws/connection-table.ts';
import type { Delivery } from './delivery.ts';
import type { HandOverReason } from './plan-hand-over.ts';
import type { Posting } from './posting.ts';
import type { Timekeeper } from './timekeeper.ts';
import { within } from './within.ts';

/** Broadcasts that go to all connections after the cursor: one scan serves them all. */
export interface SharedScan {
  /** `undefined` from the start. */
  cursor: string | undefined;
  /** In the order of `sentAt`. */
  deliveries: readonly Delivery[];
}

export interface ScanTools {
  connections: Pick<ConnectionTable, 'scanPage'>;
  posting: Posting;
  timekeeper: Timekeeper;
  /** Epoch milliseconds when the rest of the scan is handed over. */
  until: number;
}

/**
 * Gives all pages of a scan to the posts, the next page being fetched meanwhile. If the table fails, the time is over, or
 * API Gateway refuses the function, the cursor is handed over: what was scanned is not scanned again.
 */
export const scanConnections = async (
  { cursor: start, deliveries }: SharedScan,
  { connections, posting, timekeeper, until }: ScanTools,
): Promise<void> => {
  let cursor = start;
  let next = startPage(connections, cursor);
  for (let pages = 0; ; pages++) {
    const page = await within(next, until, timekeeper);
    if (!page || page === 'failed') {
      leaveScan(deliveries, cursor, pages > 0 ? 'untried' : 'failed');
      return;
    }
    cursor = page.cursor;
    if (cursor !== undefined) next = startPage(connections, cursor);
    for (const { account } of deliveries) account.scanned += page.rows.length;
    posting.admit({ rows: page.rows, deliveries });
    if (cursor === undefined || deliveries.every(({ broadcast }) => broadcast.expiresAt <= timekeeper.now())) return;
    await posting.room();
    await within(Promise.all(deliveries.map(({ remainder }) => remainder.sent())), until, timekeeper);
    if (posting.stopped === 'forbidden' || timekeeper.now() >= until) {
      leaveScan(deliveries, cursor, posting.stopped ?? 'untried');
      return;
    }
  }
};

/** A page that was asked for ahead may fail before anybody waits for it. */
const startPage = (
  connections: Pick<ConnectionTable, 'scanPage'>,
  cursor: string | undefined,
): Promise<ConnectionPage | 'failed'> => connections.scanPage(cursor).catch(() => 'failed' as const);

const leaveScan = (deliveries: readonly Delivery[], cursor: string | undefined, reason: HandOverReason): void => {
  for (const { remainder } of deliveries) remainder.addScan(reason, cursor);
};
