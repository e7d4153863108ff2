import type { ConnectionTable } from '../../aws/connections/connection-table.ts';
import type { Services } from '../../aws/services.ts';
import { ENDED_DELAY_SECONDS } from '../../schemas/channels/ended-record.ts';

/** Our choice: rows of one call, which the table splits into batches of 25. */
const ROWS_PER_CALL = 100;
/** Our choice: most calls in parallel. */
const CALLS = 4;

/** The services that end the subscriptions of a connection. Absent in an application without channels. */
type EndServices = Partial<Pick<Services, 'channels' | 'queue'>> & {
  /** Marks a connection as ended. @returns whether it may have subscriptions. Default: asks the channel table. */
  end?: (connectionId: string) => Promise<boolean>;
};

/** Deletes the rows of stale connections while posts continue. The next broadcast finds remaining rows again. */
export class StaleRows {
  readonly #table: Pick<ConnectionTable, 'deleteMany'>;
  readonly #ends: EndServices;
  #connectionIds: string[] = [];
  #calls = new Set<Promise<void>>();
  #undeleted = 0;

  constructor(table: Pick<ConnectionTable, 'deleteMany'>, ends: EndServices = {}) {
    this.#table = table;
    this.#ends = ends;
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

  /** The row is deleted last: while it is there, another broadcast finds the connection stale again. */
  async #delete(connectionIds: string[]): Promise<void> {
    const undeleted = await this.#end(connectionIds)
      .then(() => this.#table.deleteMany(connectionIds))
      .catch(() => connectionIds);
    this.#undeleted += undeleted.length;
  }

  /** Ends their subscriptions. */
  async #end(connectionIds: readonly string[]): Promise<void> {
    const { channels, queue } = this.#ends;
    if (!channels || !queue) return;
    const { end = async (id) => (await channels.endConnection(id)) !== undefined } = this.#ends;
    const ends = await Promise.all(connectionIds.map(async (id) => ((await end(id)) ? [id] : [])));
    const ended = ends.flat();
    if (ended.length > 0) await queue.send({ v: 2, ended }, { delaySeconds: ENDED_DELAY_SECONDS });
  }
}
