import type { ConnectionRow } from '../../schemas/connection-row.ts';
import type { Delivery } from '../records/delivery.ts';
import type { Timekeeper } from '../time/timekeeper.ts';
import { PendingConnection } from './pending-connection.ts';

/** Our choice: with more rows waiting the scan waits too, so that memory does not follow the table. */
const MAX_WAITING_ROWS = 20_000;

/** Connections that are to receive the same messages: a page of a scan, or what segments have in common. */
export interface ConnectionGroup {
  rows: readonly ConnectionRow[];
  /** In the order of `sentAt`. */
  deliveries: readonly Delivery[];
}

/** The connections that are still to be posted to: rows that wait in groups, and connections that are begun. */
export class ConnectionBacklog {
  /** Not begun: first in, first out. */
  readonly #groups: ConnectionGroup[] = [];
  #nextRow = 0;
  #waitingRows = 0;
  #onRoom: (() => void) | undefined;
  /** Begun, and their next post may be made now. */
  readonly #ready: PendingConnection[] = [];
  /** Begun, and waiting before a post is repeated; with what cancels the wait. */
  readonly #resting = new Map<PendingConnection, () => void>();
  /** All that are begun, by id: the same connection may come again with another group. */
  readonly #begun = new Map<string, PendingConnection>();

  /** Nothing may be posted now. */
  get isIdle(): boolean {
    return this.#ready.length === 0 && this.#waitingRows === 0;
  }

  /** Nothing may be posted, now or later. Connections whose posts are in flight do not count. */
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
   * The next connection that has a message to be posted, ready ones first. Messages that need no post are ended.
   * @param now Epoch milliseconds.
   */
  next(now: number): PendingConnection | undefined {
    for (;;) {
      const connection = this.#ready.pop() ?? this.#begin();
      if (!connection || connection.advance(now)) return connection;
      this.end(connection);
    }
  }

  /** A connection that `next` gave is posted to again as soon as may be. */
  putBack(connection: PendingConnection): void {
    this.#ready.push(connection);
  }

  /** A connection that `next` gave is put back after a while; `onReady` is called then. */
  rest(connection: PendingConnection, delayMs: number, timekeeper: Timekeeper, onReady: () => void): void {
    const cancel = timekeeper.after(delayMs, () => {
      this.#resting.delete(connection);
      this.#ready.push(connection);
      onReady();
    });
    this.#resting.set(connection, cancel);
  }

  /** A connection that `next` gave is through. */
  end(connection: PendingConnection): void {
    this.#begun.delete(connection.connectionId);
  }

  /** Takes everything out that no post is in flight for. */
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

  /** Takes the connections out whose posts are in flight. */
  *drainInFlight(): Generator<PendingConnection> {
    for (const connection of this.#begun.values()) {
      this.end(connection);
      yield connection;
    }
  }

  #begin(): PendingConnection | undefined {
    for (;;) {
      const connection = this.#takeRow();
      if (!connection) return undefined;
      const begun = this.#begun.get(connection.connectionId);
      if (!begun) {
        this.#begun.set(connection.connectionId, connection);
        return connection;
      }
      begun.append(connection);
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
