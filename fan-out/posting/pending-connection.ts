import type { ConnectionRow } from '../../schemas/connection-row.ts';
import type { WindowedConnection } from '../pacing/throttle-window.ts';
import type { Delivery } from '../records/delivery.ts';
import type { HandOverReason } from '../records/hand-over.ts';

/**
 * A connection and its messages, which it receives one after another. Each message ends here, in exactly one count of its
 * ledger.
 */
export class PendingConnection implements WindowedConnection {
  readonly connectionId: string;
  /** Epoch seconds. */
  readonly connectedAt: number;
  /** How often the current message was posted to it. */
  posts = 0;
  /** Epoch milliseconds of the first of them. */
  firstPostedAt = 0;
  /** Why the current message has to be posted again; `untried` before it was posted. */
  setback: HandOverReason = 'untried';
  /** The function ends and does not wait for its post any longer. */
  abandoned = false;
  answeredIn = 0;
  throttledIn = 0;
  /** Epoch seconds. */
  readonly #ttl: number;
  /** In the order of `sentAt`. Shared by all connections of a lot: replaced, never changed. */
  #deliveries: readonly Delivery[];
  /** Index of the current message. */
  #next = 0;

  constructor({ connectionId, connectedAt, ttl }: ConnectionRow, deliveries: readonly Delivery[]) {
    this.connectionId = connectionId;
    this.connectedAt = connectedAt;
    this.#ttl = ttl;
    this.#deliveries = deliveries;
  }

  /** The message that it receives now or next; `undefined` if it is through. */
  get current(): Delivery | undefined {
    return this.#deliveries[this.#next];
  }

  /**
   * Goes on to the next message that has to be posted, and ends those before it that need no post.
   * @param now Epoch milliseconds.
   * @returns `undefined` if the connection is through.
   */
  advance(now: number): Delivery | undefined {
    for (let delivery = this.current; delivery; delivery = this.current) {
      if (!this.#endWithoutPost(delivery, now)) return delivery;
      this.#toNext();
    }
    return undefined;
  }

  /** API Gateway took the current message. */
  delivered(now: number): void {
    this.current?.ledger.delivered(now);
    this.#toNext();
  }

  /** The connection is stale: it receives none of its messages. */
  gone(now: number): void {
    for (let delivery = this.advance(now); delivery; delivery = this.advance(now)) {
      delivery.ledger.stale();
      this.#toNext();
    }
  }

  /**
   * API Gateway answered 413 for the current message. It concerns this connection only, until a second one got the same
   * answer: from then on nobody is posted the message.
   */
  tooLarge(): void {
    const delivery = this.current;
    if (!delivery) return;
    if (delivery.tooLargeFor === undefined) delivery.tooLargeFor = this.connectionId;
    else if (delivery.tooLargeFor !== this.connectionId) delivery.tooLarge = true;
    this.#leave(delivery, 'too-large');
    this.#toNext();
  }

  /** The post of the current message is not waited for any longer. */
  abandon(): void {
    this.abandoned = true;
    this.setback = 'failed';
    this.current?.ledger.unanswered();
  }

  /**
   * Leaves its messages to other functions: all of them for the reason of the first, because to post the others now would
   * change their order.
   */
  handOver(reason: HandOverReason, now: number): void {
    for (let delivery = this.advance(now); delivery; delivery = this.advance(now)) {
      this.#leave(delivery, reason);
      this.#toNext();
    }
  }

  /**
   * The connection has come again with more messages: they are put in the order of `sentAt`, but the current one stays
   * where it is.
   */
  append(more: PendingConnection): void {
    const first = this.#next + 1;
    const later = [...this.#deliveries.slice(first), ...more.#deliveries];
    later.sort((a, b) => a.broadcast.sentAt - b.broadcast.sentAt);
    this.#deliveries = [...this.#deliveries.slice(0, first), ...later];
  }

  #endWithoutPost(delivery: Delivery, now: number): boolean {
    const { broadcast, ledger } = delivery;
    if (broadcast.except === this.connectionId) ledger.excluded();
    else if (broadcast.expiresAt <= now || this.#ttl * 1_000 <= now) ledger.expired();
    else if (delivery.tooLarge) this.#leave(delivery, 'too-large');
    else return false;
    return true;
  }

  #leave({ remainder }: Delivery, reason: HandOverReason): void {
    remainder.add(reason, { connectionId: this.connectionId, connectedAt: this.connectedAt, ttl: this.#ttl });
  }

  #toNext(): void {
    this.#next++;
    this.posts = 0;
    this.setback = 'untried';
  }
}
