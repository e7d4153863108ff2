import type { ConnectionRow } from '../../schemas/connections/connection-row.ts';

/** One page of a scan. */
export interface ConnectionPage {
  rows: readonly ConnectionRow[];
  /** The cursor of the next page; `undefined` after the last page. An empty page may not be the last. */
  cursor: string | undefined;
}

/** The connections of a stage, one row each. */
export interface ConnectionTable {
  /**
   * Writes the whole row, or rejects. Replaces the row of the same connection, but a connection that speaks the
   * subprotocol keeps `protocol`: a message does not tell it.
   */
  put(row: ConnectionRow): Promise<void>;
  /** Deletes the row. Resolves too if the table has no such row. */
  delete(connectionId: string): Promise<void>;
  /** Deletes the rows in batches, and retries unprocessed ones. Resolves to the ids that it could not delete. */
  deleteMany(connectionIds: readonly string[]): Promise<readonly string[]>;
  /**
   * Reads one page, strongly consistent, at most 1 MB: it includes connections whose row was written before the call.
   */
  scanPage(cursor?: string): Promise<ConnectionPage>;
}
