import type { ConnectionPage, ConnectionTable } from '../aws/connections/connection-table.ts';
import type { ConnectionRow } from '../schemas/connection-row.ts';

export interface FakeConnectionTableOptions {
  rows?: readonly ConnectionRow[];
  /** Rows of a page. Default 1000. */
  pageSize?: number;
}

/** A connection table in memory, for tests. The real one passes the same tests. */
export class FakeConnectionTable implements ConnectionTable {
  /** What is in it now. */
  readonly rows: Map<string, ConnectionRow>;
  /** What was asked to be deleted, in order. */
  readonly deleted: string[] = [];
  /** How often a page was read. */
  scannedPages = 0;
  /** While true, every call fails. */
  down = false;
  readonly #pageSize: number;

  constructor({ rows = [], pageSize = 1_000 }: FakeConnectionTableOptions = {}) {
    this.rows = new Map(rows.map((row) => [row.connectionId, row]));
    this.#pageSize = pageSize;
  }

  async put(row: ConnectionRow): Promise<void> {
    this.#answer();
    this.rows.set(row.connectionId, row);
  }

  async delete(connectionId: string): Promise<void> {
    this.#answer();
    this.deleted.push(connectionId);
    this.rows.delete(connectionId);
  }

  async deleteMany(connectionIds: readonly string[]): Promise<readonly string[]> {
    if (this.down) return [...new Set(connectionIds)];
    for (const connectionId of new Set(connectionIds)) await this.delete(connectionId);
    return [];
  }

  async scanPage(cursor?: string): Promise<ConnectionPage> {
    this.#answer();
    this.scannedPages++;
    // In an order that does not change while rows come and go, as DynamoDB's does not.
    const left = [...this.rows.values()]
      .filter(({ connectionId }) => cursor === undefined || connectionId > cursor)
      .sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
    const rows = left.slice(0, this.#pageSize);
    return { rows, cursor: left.length > rows.length ? rows.at(-1)?.connectionId : undefined };
  }

  #answer(): void {
    if (this.down) throw new Error('The connection table is down (a fake was told so)');
  }
}
