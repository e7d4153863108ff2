import type { PostOutcome } from '../../aws/posting/connection-poster.ts';
import type { Timekeeper } from '../time/timekeeper.ts';
import { ConcurrencyLimit, inFlightLimit } from './concurrency-limit.ts';
import { ThrottleWindow, type WindowedConnection } from './throttle-window.ts';
import { TokenBucket } from './token-bucket.ts';

/** Ours: weight of the newest post in the mean latency. */
const LATENCY_WEIGHT = 1 / 32;
/** Ours: shortest pause, in milliseconds. A timer for each post would cost as much as the post. */
const MIN_PAUSE_MS = 4;

/**
 * How fast may be posted: never above the rate, below it while the account is throttled; and how many posts at once: as
 * many as the rate takes at the measured latency, as long as more of them bring more answers.
 */
export class Pace {
  readonly #postsPerSecond: number;
  readonly #bucket: TokenBucket;
  readonly #window: ThrottleWindow;
  readonly #useful: ConcurrencyLimit;
  #latencyMs = 0;
  #inFlightLimit: number;

  /** @param now Epoch milliseconds. */
  constructor(postsPerSecond: number, now: number, timekeeper: Pick<Timekeeper, 'idleMs'>) {
    this.#postsPerSecond = postsPerSecond;
    this.#bucket = new TokenBucket(postsPerSecond, now);
    this.#window = new ThrottleWindow(now);
    this.#useful = new ConcurrencyLimit(now, timekeeper, postsPerSecond);
    this.#inFlightLimit = this.#useful.limit;
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

  /** Takes note of a post that has ended. */
  note(connection: WindowedConnection, outcome: PostOutcome, latencyMs: number, now: number): void {
    if (this.#window.note(connection, outcome === 'throttled', now)) {
      this.#bucket.setRate(this.#postsPerSecond * this.#window.factor);
    }
    this.#useful.note(outcome === 'unknown' ? undefined : latencyMs, now);
    if (outcome !== 'unknown') this.#latencyMs += (latencyMs - this.#latencyMs) * LATENCY_WEIGHT;
    const needed = inFlightLimit(this.#postsPerSecond * this.#window.factor, this.#latencyMs);
    this.#inFlightLimit = Math.min(needed, this.#useful.limit);
  }
}
