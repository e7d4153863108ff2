import type { Broadcast } from '../../schemas/broadcast-record.ts';
import type { MessageFrame } from '../../schemas/channels/frames.ts';
import type { ConnectionRow } from '../../schemas/connections/connection-row.ts';
import type { WindowedConnection } from '../pacing/throttle-window.ts';
import type { Delivery } from '../records/delivery.ts';
import type { HandOverReason } from '../records/hand-over.ts';

/** A connection and its messages, which it receives one after another. Each message ends in one count of its ledger. */
export class PendingConnection implements WindowedConnection {
  readonly connectionId: string;
  /** Epoch seconds. */
  readonly connectedAt: number;
  /** How often the current message was posted. */
  posts = 0;
  /** Epoch milliseconds of the first post. */
  firstPostedAt = 0;
  /** Why the current message must be posted again; `untried` before its first post. */
  reason: HandOverReason = 'untried';
  /** The function ends, so it no longer waits for the post. */
  abandoned = false;
  answeredIn = 0;
  throttledIn = 0;
  /** Epoch seconds. */
  readonly #ttl: number;
  readonly #protocol: boolean;
  /** In the order of `sentAt`. All connections of a group share this list: replace it, never change it. */
  #deliveries: readonly Delivery[];
  /** Index of the current message. */
  #next = 0;

  constructor({ connectionId, connectedAt, ttl, protocol = false }: ConnectionRow, deliveries: readonly Delivery[]) {
    this.connectionId = connectionId;
    this.connectedAt = connectedAt;
    this.#ttl = ttl;
    this.#protocol = protocol;
    this.#deliveries = deliveries;
  }

  /** The message that it receives now or next; `undefined` if no message is left. */
  get current(): Delivery | undefined {
    return this.#deliveries[this.#next];
  }

  /** The text of a message for this connection. */
  textOf({ broadcast }: Delivery): string {
    return this.#protocol ? (broadcast.frame ?? frameOf(broadcast)) : broadcast.data;
  }

  /**
   * Moves to the next message that needs a post, and ends the messages before it.
   * @param now Epoch milliseconds.
   * @returns `undefined` if no message is left.
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

  /** The connection is stale: its messages end without a post. */
  gone(now: number): void {
    for (let delivery = this.advance(now); delivery; delivery = this.advance(now)) {
      delivery.ledger.stale();
      this.#toNext();
    }
  }

  /**
   * API Gateway answered 413 for the current message. The answer concerns this connection only. After the same answer
   * for a second connection, the message is not posted to any other.
   */
  tooLarge(): void {
    const delivery = this.current;
    if (!delivery) return;
    if (delivery.tooLargeFor === undefined) delivery.tooLargeFor = this.connectionId;
    else if (delivery.tooLargeFor !== this.connectionId) delivery.tooLarge = true;
    this.#leave(delivery, 'too-large');
    this.#toNext();
  }

  /** Stops waiting for the post of the current message. */
  abandon(): void {
    this.abandoned = true;
    this.reason = 'failed';
    this.current?.ledger.unanswered();
  }

  /**
   * Hands its messages over to other functions, all for the reason of the first: posting the others now would change
   * their order.
   */
  handOver(reason: HandOverReason, now: number): void {
    for (let delivery = this.advance(now); delivery; delivery = this.advance(now)) {
      this.#leave(delivery, reason);
      this.#toNext();
    }
  }

  /**
   * Adds the messages of another group to this connection, in the order of `sentAt`. The current message stays first.
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
    const { connectionId, connectedAt } = this;
    remainder.add(reason, { connectionId, connectedAt, ttl: this.#ttl, protocol: this.#protocol });
  }

  #toNext(): void {
    this.#next++;
    this.posts = 0;
    this.reason = 'untried';
  }
}

const frames = new WeakMap<Broadcast, string>();

/** The frame of a broadcast to all connections, made once for all of them. */
const frameOf = (broadcast: Broadcast): string => {
  const { data, id, sentAt } = broadcast;
  const frame =
    frames.get(broadcast) ?? JSON.stringify({ type: 'message', data, id, at: sentAt } satisfies MessageFrame);
  frames.set(broadcast, frame);
  return frame;
};
