import { POST_TIMEOUT_MS } from '../time/plan-time.ts';
import type { Timekeeper } from '../time/timekeeper.ts';

/** Our choice: fewer would slow down a broadcast at its start or with a fast gateway. */
export const MIN_IN_FLIGHT = 64;
/** A Lambda has 1,024 file descriptors. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_IN_FLIGHT = 800;
/** Our choice: latencies vary, so a limit from the mean would leave part of the rate unused. */
const RATE_HEADROOM = 1.5;

/** The posts in flight that reach the rate (Little's law): rate × latency with some headroom, from 64 to 800. */
export const inFlightLimit = (postsPerSecond: number, latencyMs: number): number =>
  Math.min(MAX_IN_FLIGHT, Math.max(MIN_IN_FLIGHT, Math.ceil((postsPerSecond * latencyMs * RATE_HEADROOM) / 1_000)));

/** Our choice: how long answers are counted before the limit changes, in milliseconds. */
const WINDOW_MS = 100;
/** Our choice: the limit grows only while the answers a second grow by this factor. */
const WORTHWHILE = 1.1;
/** Our choice: above this share of posts without an answer, too many are in flight. */
const UNANSWERED_SHARE = 0.02;
/** Our choice: above this share of busy time, posts wait for this thread, not for the gateway. */
const BUSY_SHARE = 0.9;
/** Our choice: the limit may grow until this share of the thread would be busy. It is above 1, as latencies vary. */
const GROWTH_HEADROOM = 1.1;
/** Our choice: from this mean latency on, the limit does not grow: posts could miss their deadline. In milliseconds. */
const SLOW_MS = POST_TIMEOUT_MS / 8;
/** Our choice: from this mean latency on, the limit is halved: a post that misses its deadline is repeated. */
const TOO_SLOW_MS = POST_TIMEOUT_MS / 4;

/**
 * Finds how many posts in flight are useful, from 64 to 800. The limit grows, at most twofold, while this thread has
 * time left and more posts bring more answers a second. It is halved if posts get no answer, or get it late. Once the
 * gateway or the thread is at its maximum, more posts in flight only wait for each other until they time out, and each
 * costs a socket.
 */
export class ConcurrencyLimit {
  readonly #timekeeper: Pick<Timekeeper, 'idleMs'>;
  readonly #enoughPerMs: number;
  #startedAt: number;
  #idleAtStart: number;
  #answered = 0;
  #unanswered = 0;
  #latencySumMs = 0;
  #bestPerMs = 0;
  #limit = MIN_IN_FLIGHT;

  /**
   * @param now Epoch milliseconds.
   * @param enough Answers a second that are enough: the limit does not grow beyond them.
   */
  constructor(now: number, timekeeper: Pick<Timekeeper, 'idleMs'>, enough = Number.POSITIVE_INFINITY) {
    this.#timekeeper = timekeeper;
    this.#enoughPerMs = enough / 1_000;
    this.#startedAt = now;
    this.#idleAtStart = timekeeper.idleMs();
  }

  get limit(): number {
    return this.#limit;
  }

  /**
   * Counts a post that has ended.
   * @param latencyMs `undefined` if it got no answer.
   */
  record(latencyMs: number | undefined, now: number): void {
    if (latencyMs === undefined) this.#unanswered++;
    else {
      this.#answered++;
      this.#latencySumMs += latencyMs;
    }
    if (now - this.#startedAt >= WINDOW_MS) this.#closeWindow(now);
  }

  #closeWindow(now: number): void {
    const elapsedMs = now - this.#startedAt;
    const perMs = this.#answered / elapsedMs;
    const idleMs = this.#timekeeper.idleMs();
    const busyShare = 1 - (idleMs - this.#idleAtStart) / elapsedMs;
    const hasTimeLeft = busyShare <= BUSY_SHARE;
    // The two clocks may differ, so a thread that did nothing can have a busy share below 0.
    const growth = busyShare > GROWTH_HEADROOM / 2 ? GROWTH_HEADROOM / busyShare : 2;
    const meanMs = this.#answered === 0 ? 0 : this.#latencySumMs / this.#answered;
    const tooMany = this.#unanswered > (this.#answered + this.#unanswered) * UNANSWERED_SHARE;
    if (tooMany || meanMs >= TOO_SLOW_MS) {
      this.#limit = Math.max(MIN_IN_FLIGHT, Math.floor(this.#limit / 2));
    } else if (hasTimeLeft && perMs < this.#enoughPerMs && meanMs < SLOW_MS && perMs > this.#bestPerMs * WORTHWHILE) {
      this.#limit = Math.min(MAX_IN_FLIGHT, Math.ceil(this.#limit * growth));
    }
    // The answers of a busy thread say nothing about the number of posts in flight.
    if (hasTimeLeft) this.#bestPerMs = Math.max(this.#bestPerMs, perMs);
    this.#startedAt = now;
    this.#idleAtStart = idleMs;
    this.#answered = 0;
    this.#unanswered = 0;
    this.#latencySumMs = 0;
  }
}
