import { type AccountCounts, addsUp, type BroadcastAccount, COUNTS } from '../../schemas/broadcast-account.ts';
import type { ReceivedBroadcast } from '../../schemas/broadcast-record.ts';

/**
 * Keeps the account of one record, and is the only writer of its counts. Each method is named after an event. `close()`
 * checks that every connection ended in one count.
 */
export class Ledger {
  readonly #counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as AccountCounts;
  readonly #record: ReceivedBroadcast;
  /** Hand-overs that no queue has answered yet. */
  #handOvers = 0;
  /** The connections in those hand-overs. */
  #leaving = 0;
  #firstDeliveredAt: number | undefined;
  #lastDeliveredAt: number | undefined;
  #scanHandedOver = false;
  #failed = false;

  constructor(record: ReceivedBroadcast) {
    this.#record = record;
    this.#counts.carried = Object.keys(record.broadcast.connections ?? {}).length;
  }

  /** Whether SQS must deliver the record again. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Connections that the record carried. */
  get carried(): number {
    return this.#counts.carried;
  }

  scanned(rows: number): void {
    this.#counts.scanned += rows;
  }

  posted(): void {
    this.#counts.posts++;
  }

  throttled(): void {
    this.#counts.throttled++;
  }

  unanswered(): void {
    this.#counts.unknown++;
  }

  /** @param now Epoch milliseconds. */
  delivered(now: number): void {
    this.#counts.delivered++;
    this.#firstDeliveredAt ??= now;
    this.#lastDeliveredAt = now;
  }

  stale(): void {
    this.#counts.stale++;
  }

  excluded(): void {
    this.#counts.excluded++;
  }

  expired(connections = 1): void {
    this.#counts.expired += connections;
  }

  /**
   * Connections are on their way to a queue. `deferred`, `undelivered` or `refused` must follow with the same number.
   * @param connections 0 for the rest of a scan.
   */
  leaving(connections: number): void {
    this.#handOvers++;
    this.#leaving += connections;
  }

  /** The broadcast queue has taken them. */
  deferred(connections: number): void {
    this.#arrived(connections);
    this.#counts.deferred += connections;
  }

  /** The dead-letter queue has taken them. */
  undelivered(connections: number): void {
    this.#arrived(connections);
    this.#counts.undelivered += connections;
  }

  /** No queue has taken them: they stay in the record, which SQS delivers again. */
  refused(connections: number): void {
    this.#arrived(connections);
    this.#counts.deferred += connections;
    this.#failed = true;
  }

  /** The cursor of the scan was queued or dead-lettered. */
  scanHandedOver(): void {
    this.#scanHandedOver = true;
  }

  /**
   * Returns the account for the log. Connections that are still leaving count as deferred, and the record as failed.
   * @param onUnbalanced Called if the counts do not add up.
   */
  close(onUnbalanced: (account: BroadcastAccount) => void): BroadcastAccount {
    if (this.#handOvers > 0) this.refused(this.#leaving);
    const { messageId, receiveCount, broadcast } = this.#record;
    const account: BroadcastAccount = {
      id: broadcast.id,
      messageId,
      attempts: broadcast.attempts,
      receiveCount,
      ...this.#counts,
      sentAt: broadcast.sentAt,
      ...(this.#firstDeliveredAt !== undefined && { firstDeliveredAt: this.#firstDeliveredAt }),
      ...(this.#lastDeliveredAt !== undefined && { lastDeliveredAt: this.#lastDeliveredAt }),
      scanHandedOver: this.#scanHandedOver,
      failed: this.#failed,
    };
    if (!addsUp(account)) onUnbalanced(account);
    return account;
  }

  #arrived(connections: number): void {
    this.#handOvers--;
    this.#leaving -= connections;
  }
}
