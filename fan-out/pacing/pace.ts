import type { PostOutcome } from '../../aws/posting/connection-poster.ts';
import type { Timekeeper } from '../time/timekeeper.ts';
import { ConcurrencyLimit, inFlightLimit } from './concurrency-limit.ts';
import { ThrottleWindow, type WindowedConnection } from './throttle-window.ts';
import { TokenBucket } from './token-bucket.ts';

/** Our choice: weight of the newest post in the mean latency. */
const LATENCY_WEIGHT = 1 / 32;
/** Our choice: shortest pause, in milliseconds. A timer for each post would cost as much as the post. */
const MIN_PAUSE_MS = 4;

/**
 * Sets the pace. The rate is at most the configured one, and lower while the account is throttled. As many posts are in
 * flight as this rate needs at the measured latency, while more of them bring more answers.
 */
export class Pace {
  readonly #postsPerSecond: number;
  readonly #bucket: TokenBucket;
  readonly #window: ThrottleWindow;
  readonly #concurrency: ConcurrencyLimit;
  #latencyMs = 0;
  #inFlightLimit: number;

  /** @param now Epoch milliseconds. */
  constructor(postsPerSecond: number, now: number, timekeeper: Pick<Timekeeper, 'idleMs'>) {
    this.#postsPerSecond = postsPerSecond;
    this.#bucket = new TokenBucket(postsPerSecond, now);
    this.#window = new ThrottleWindow(now);
    this.#concurrency = new ConcurrencyLimit(now, timekeeper, postsPerSecond);
    this.#inFlightLimit = this.#concurrency.limit;
  }

  get inFlightLimit(): number {
    return this.#inFlightLimit;
  }

  /** Whether the rate allows a post now. */
  mayPost(now: number): boolean {
    return this.#bucket.has(now);
  }

  spend(): void {
    this.#bucket.take();
  }

  /** How long to wait if the rate allows no post, in milliseconds. */
  pauseMs(): number {
    return Math.max(MIN_PAUSE_MS, this.#bucket.waitMs());
  }

  /** Counts a post that has ended. */
  record(connection: WindowedConnection, outcome: PostOutcome, latencyMs: number, now: number): void {
    if (this.#window.record(connection, outcome === 'throttled', now)) {
      this.#bucket.setRate(this.#postsPerSecond * this.#window.factor);
    }
    this.#concurrency.record(outcome === 'unknown' ? undefined : latencyMs, now);
    if (outcome !== 'unknown') this.#latencyMs += (latencyMs - this.#latencyMs) * LATENCY_WEIGHT;
    const needed = inFlightLimit(this.#postsPerSecond * this.#window.factor, this.#latencyMs);
    this.#inFlightLimit = Math.min(needed, this.#concurrency.limit);
  }
}
