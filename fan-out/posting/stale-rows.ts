import type { ConnectionTable } from '../../aws/connections/connection-table.ts';

/** Ours: rows of one call, which the table splits into batches of 25. */
const ROWS_PER_CALL = 100;
/** Ours: calls at once. */
const CALLS = 4;

/** Deletes the rows of stale connections while the posts go on. A row that stays is found stale by the next broadcast. */
export class StaleRows {
  readonly #table: Pick<ConnectionTable, 'deleteMany'>;
  #connectionIds: string[] = [];
  #calls = new Set<Promise<void>>();
  #undeleted = 0;

  constructor(table: Pick<ConnectionTable, 'deleteMany'>) {
    this.#table = table;
  }

  /** How many rows the table did not delete. */
  get undeleted(): number {
    return this.#undeleted;
  }

  add(connectionId: string): void {
    this.#connectionIds.push(connectionId);
    if (this.#connectionIds.length >= ROWS_PER_CALL) this.#start();
  }

  /** Deletes what is left. Resolves when every row is deleted or given up; it never rejects. */
  async close(): Promise<void> {
    while (this.#connectionIds.length > 0 || this.#calls.size > 0) {
      this.#start();
      await Promise.race(this.#calls);
    }
  }

  #start(): void {
    if (this.#calls.size >= CALLS || this.#connectionIds.length === 0) return;
    const connectionIds = this.#connectionIds.splice(0, ROWS_PER_CALL);
    const call = this.#delete(connectionIds).then(() => {
      this.#calls.delete(call);
      if (this.#connectionIds.length >= ROWS_PER_CALL) this.#start();
    });
    this.#calls.add(call);
  }

  async #delete(connectionIds: string[]): Promise<void> {
    const undeleted = await this.#table.deleteMany(connectionIds).catch(() => connectionIds);
    this.#undeleted += undeleted.length;
  }
}
