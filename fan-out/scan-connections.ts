import type { ConnectionPage, ConnectionTable } from '../aws/connections/connection-table.ts';
import type { Posting } from './posting/posting.ts';
import type { Delivery } from './records/delivery.ts';
import type { OnProblem } from './records/fan-out-problem.ts';
import type { HandOverReason } from './records/hand-over.ts';
import { type Timekeeper, within } from './time/timekeeper.ts';

/** Broadcasts that share one scan of all connections after the cursor. */
export interface SharedScan {
  /** `undefined`: from the start. */
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
  onProblem: OnProblem;
}

/**
 * Passes the pages of a scan to `posting`, and reads the next page meanwhile. The cursor is handed over if the table
 * fails, the time is over, API Gateway refuses the function, or all broadcasts have expired. So no page is scanned
 * again and none is skipped.
 */
export const scanConnections = async (
  { cursor: start, deliveries }: SharedScan,
  { connections, posting, timekeeper, until, onProblem }: ScanTools,
): Promise<void> => {
  const read = (from: string | undefined): Promise<ConnectionPage | 'failed'> =>
    connections.scanPage(from).catch((error) => {
      onProblem({ kind: 'scan', error });
      return 'failed';
    });
  let cursor = start;
  let next = read(cursor);
  for (let pages = 0; ; pages++) {
    const page = await within(next, until, timekeeper);
    if (!page || page === 'failed') return leaveScan(deliveries, cursor, pages > 0 ? 'untried' : 'failed');
    cursor = page.cursor;
    if (cursor !== undefined) next = read(cursor);
    for (const { ledger } of deliveries) ledger.scanned(page.rows.length);
    posting.admit({ rows: page.rows, deliveries });
    if (cursor === undefined) return;
    await posting.room();
    await within(Promise.all(deliveries.map(({ remainder }) => remainder.sent())), until, timekeeper);
    const now = timekeeper.now();
    const allExpired = deliveries.every(({ broadcast }) => broadcast.expiresAt <= now);
    if (allExpired) return leaveScan(deliveries, cursor, 'expired');
    if (posting.stopped === 'forbidden' || now >= until) {
      return leaveScan(deliveries, cursor, posting.stopped ?? 'untried');
    }
  }
};

const leaveScan = (deliveries: readonly Delivery[], cursor: string | undefined, reason: HandOverReason): void => {
  for (const { remainder } of deliveries) remainder.addScan(reason, cursor);
};
