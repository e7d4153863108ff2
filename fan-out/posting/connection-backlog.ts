import type { ConnectionRow } from '../../schemas/connections/connection-row.ts';
import type { Delivery } from '../records/delivery.ts';
import type { Timekeeper } from '../time/timekeeper.ts';
import { PendingConnection } from './pending-connection.ts';

/** Our choice: the scan pauses at this many waiting rows, so that memory does not grow with the table. */
const MAX_WAITING_ROWS = 20_000;

/** Connections that receive the same messages: a page of a scan, or the connections that segments share. */
export interface ConnectionGroup {
  rows: readonly ConnectionRow[];
  /** In the order of `sentAt`. */
  deliveries: readonly Delivery[];
}

/** The connections that still have messages to receive: rows that wait in groups, and connections in progress. */
export class ConnectionBacklog {
  /** Waiting groups: first in, first out. */
  readonly #groups: ConnectionGroup[] = [];
  #nextRow = 0;
  #waitingRows = 0;
  #onRoom: (() => void) | undefined;
  /** In progress, and their next post may be made now. */
  readonly #ready: PendingConnection[] = [];
  /** In progress, and waiting before a post is repeated; with a function that cancels the wait. */
  readonly #resting = new Map<PendingConnection, () => void>();
  /** All connections in progress, by id: a connection may come again with another group. */
  readonly #inProgress = new Map<string, PendingConnection>();

  /** Whether no connection can be posted to now. */
  get isIdle(): boolean {
    return this.#ready.length === 0 && this.#waitingRows === 0;
  }

  /** Whether no connection can be posted to now or later. Connections whose posts are in flight do not count. */
  get isEmpty(): boolean {
    return this.isIdle && this.#resting.size === 0;
  }

  add(group: ConnectionGroup): void {
    if (group.rows.length === 0) return;
    this.#groups.push(group);
    this.#waitingRows += group.rows.length;
  }

  /** Resolves when more rows may be added. */
  async room(): Promise<void> {
    if (this.#waitingRows < MAX_WAITING_ROWS) return;
    await new Promise<void>((resolve) => {
      this.#onRoom = resolve;
    });
  }

  /**
   * Takes the next connection that has a message to post, ready ones first. Ends messages that need no post.
   * @param now Epoch milliseconds.
   */
  next(now: number): PendingConnection | undefined {
    for (;;) {
      const connection = this.#ready.pop() ?? this.#begin();
      if (!connection || connection.advance(now)) return connection;
      this.end(connection);
    }
  }

  /** Makes a connection from `next` ready for its next post. */
  putBack(connection: PendingConnection): void {
    this.#ready.push(connection);
  }

  /** Makes a connection from `next` ready after a delay, then calls `onReady`. */
  rest(connection: PendingConnection, delayMs: number, timekeeper: Timekeeper, onReady: () => void): void {
    const cancel = timekeeper.after(delayMs, () => {
      this.#resting.delete(connection);
      this.#ready.push(connection);
      onReady();
    });
    this.#resting.set(connection, cancel);
  }

  /** Removes a connection from `next` that has no more messages. */
  end(connection: PendingConnection): void {
    this.#inProgress.delete(connection.connectionId);
  }

  /** Removes every connection that has no post in flight. */
  *drain(): Generator<PendingConnection> {
    for (const [connection, cancel] of this.#resting) {
      cancel();
      this.#resting.delete(connection);
      this.end(connection);
      yield connection;
    }
    for (const connection of this.#ready.splice(0)) {
      this.end(connection);
      yield connection;
    }
    for (let next = this.#takeRow(); next; next = this.#takeRow()) yield next;
  }

  /** Removes the connections whose posts are in flight. */
  *drainInFlight(): Generator<PendingConnection> {
    for (const connection of this.#inProgress.values()) {
      this.end(connection);
      yield connection;
    }
  }

  #begin(): PendingConnection | undefined {
    for (;;) {
      const connection = this.#takeRow();
      if (!connection) return undefined;
      const known = this.#inProgress.get(connection.connectionId);
      if (!known) {
        this.#inProgress.set(connection.connectionId, connection);
        return connection;
      }
      known.append(connection);
    }
  }

  #takeRow(): PendingConnection | undefined {
    for (let group = this.#groups[0]; group; group = this.#groups[0]) {
      const row = group.rows[this.#nextRow++];
      if (row) {
        if (--this.#waitingRows === MAX_WAITING_ROWS - 1) this.#onRoom?.();
        return new PendingConnection(row, group.deliveries);
      }
      this.#groups.shift();
      this.#nextRow = 0;
    }
    return undefined;
  }
}
