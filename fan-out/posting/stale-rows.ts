import type { ConnectionTable } from '../../aws/connections/connection-table.ts';

/** Our choice: rows of one call, which the table splits into batches of 25. */
const ROWS_PER_CALL = 100;
/** Our choice: most calls in parallel. */
const CALLS = 4;

/** Deletes the rows of stale connections while posts continue. The next broadcast finds remaining rows again. */
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

  /** Deletes the remaining rows. Resolves when every row is deleted or has failed. Never rejects. */
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
