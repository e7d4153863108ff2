import type { PostOutcome } from '../aws/connection-poster.ts';
import { inFlightLimit } from './in-flight-limit.ts';
import { ThrottleWindow, type WindowedConnection } from './throttle-window.ts';
import { TokenBucket } from './token-bucket.ts';

/** Ours: weight of the newest post in the mean latency. */
const LATENCY_WEIGHT = 1 / 32;
/**
 * Ours: a mean latency of more than so many times the shortest is a queue at the gateway. More posts in flight would only
 * make it longer, until they time out.
 */
const MAX_QUEUEING = 4;
/** Ours: shortest pause, in milliseconds. A timer for each post would cost as much as the post. */
const MIN_PAUSE_MS = 4;

/** How fast may be posted: never above the rate, below it while the account is throttled, so many at once as that takes. */
export class Pace {
  readonly #postsPerSecond: number;
  readonly #bucket: TokenBucket;
  readonly #window: ThrottleWindow;
  #latencyMs = 0;
  #shortestMs = Infinity;
  #inFlightLimit: number;

  /** @param now Epoch milliseconds. */
  constructor(postsPerSecond: number, now: number) {
    this.#postsPerSecond = postsPerSecond;
    this.#bucket = new TokenBucket(postsPerSecond, now);
    this.#window = new ThrottleWindow(now);
    this.#inFlightLimit = inFlightLimit(postsPerSecond, 0);
  }

  /** Most posts at once. */
  get inFlightLimit(): number {
    return this.#inFlightLimit;
  }

  /** Whether the rate has a post left. */
  mayPost(now: number): boolean {
    return this.#bucket.has(now);
  }

  spend(): void {
    this.#bucket.take();
  }

  /** How long to wait where the rate has none left, in milliseconds. */
  pauseMs(): number {
    return Math.max(MIN_PAUSE_MS, this.#bucket.waitMs());
  }

  /** Takes note of an answer. */
  note(connection: WindowedConnection, outcome: PostOutcome, latencyMs: number, now: number): void {
    if (this.#window.note(connection, outcome === 'throttled', now)) {
      this.#bucket.setRate(this.#postsPerSecond * this.#window.factor);
    }
    if (outcome === 'delivered') this.#measure(latencyMs);
    const usefulMs = Math.min(this.#latencyMs, this.#shortestMs * MAX_QUEUEING);
    this.#inFlightLimit = inFlightLimit(this.#postsPerSecond * this.#window.factor, usefulMs);
  }

  #measure(latencyMs: number): void {
    this.#latencyMs += (latencyMs - this.#latencyMs) * LATENCY_WEIGHT;
    this.#shortestMs = Math.min(this.#shortestMs, Math.max(1, latencyMs)); // the clock counts whole milliseconds
  }
}
