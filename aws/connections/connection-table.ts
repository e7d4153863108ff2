import type { ConnectionRow } from '../../schemas/connection-row.ts';

/** Some rows of a scan. */
export interface ConnectionPage {
  rows: readonly ConnectionRow[];
  /** Where the next page starts; `undefined` after the last. A page may be empty and yet not the last. */
  cursor: string | undefined;
}

/** The connections of a stage, one row each. */
export interface ConnectionTable {
  /** Writes the row, whole or not at all. Replaces a row of the same connection. */
  put(row: ConnectionRow): Promise<void>;
  /** Deletes the row. Promises the same where there is none. */
  delete(connectionId: string): Promise<void>;
  /** Deletes the rows in batches and tries unprocessed ones again. Resolves to the ids it could not delete. */
  deleteMany(connectionIds: readonly string[]): Promise<readonly string[]>;
  /** One strongly consistent page, at most 1 MB of rows: whoever connected before the call is found. */
  scanPage(cursor?: string): Promise<ConnectionPage>;
}
