import { POST_TIMEOUT_MS } from '../time/plan-time.ts';
import type { Timekeeper } from '../time/timekeeper.ts';

/** Ours: so that a quiet start or a fast gateway does not hold a broadcast up. */
export const MIN_IN_FLIGHT = 64;
/** A Lambda has 1,024 file descriptors. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_IN_FLIGHT = 800;
/** Ours: latencies vary, and the mean alone would leave the rate unused. */
const RATE_HEADROOM = 1.5;

/** How many posts at once reach the rate (Little's law): rate × latency with some headroom, from 64 to 800. */
export const inFlightLimit = (postsPerSecond: number, latencyMs: number): number =>
  Math.min(MAX_IN_FLIGHT, Math.max(MIN_IN_FLIGHT, Math.ceil((postsPerSecond * latencyMs * RATE_HEADROOM) / 1_000)));

/** Ours: how long answers are counted together, in milliseconds. */
const WINDOW_MS = 100;
/** Ours: what more posts in flight have to bring, in answers a second, for still more to be tried. */
const WORTHWHILE = 1.1;
/** Ours: share of posts without an answer above which there were too many in flight. */
const UNANSWERED_SHARE = 0.02;
/** Ours: share of the time in which this thread is busy, above which it is the thread that posts wait for. */
const BUSY_SHARE = 0.9;
/** Ours: how much more than fill the thread may be tried, because latencies vary. */
const GROWTH_HEADROOM = 1.1;
/** Ours: a mean so near to the deadline that still more in flight could bring posts beyond it, in milliseconds. */
const SLOW_MS = POST_TIMEOUT_MS / 8;
/** Ours: a mean at which some may be beyond it already: each of them is repeated. */
const TOO_SLOW_MS = POST_TIMEOUT_MS / 4;

/**
 * How many posts in flight are of use, from 64 to 800: up to twice as many, as far as this thread has time left for them,
 * while that brings more answers a second; half as many when some get none or nearly none. Where the gateway answers no
 * faster, or the thread reads answers no faster, more posts in flight only wait for each other until they time out, and
 * each costs a socket.
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
   * @param enough Answers a second that more in flight need not exceed.
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
   * Takes note of a post that has ended.
   * @param latencyMs `undefined` where it got no answer.
   */
  note(latencyMs: number | undefined, now: number): void {
    if (latencyMs === undefined) this.#unanswered++;
    else {
      this.#answered++;
      this.#latencySumMs += latencyMs;
    }
    if (now - this.#startedAt >= WINDOW_MS) this.#turn(now);
  }

  #turn(now: number): void {
    const elapsedMs = now - this.#startedAt;
    const perMs = this.#answered / elapsedMs;
    const idleMs = this.#timekeeper.idleMs();
    const busyShare = 1 - (idleMs - this.#idleAtStart) / elapsedMs;
    const hasTimeLeft = busyShare <= BUSY_SHARE;
    // The two clocks may differ: a thread that did nothing seems less than idle.
    const growth = busyShare > GROWTH_HEADROOM / 2 ? GROWTH_HEADROOM / busyShare : 2;
    const meanMs = this.#answered === 0 ? 0 : this.#latencySumMs / this.#answered;
    const tooMany = this.#unanswered > (this.#answered + this.#unanswered) * UNANSWERED_SHARE;
    if (tooMany || meanMs >= TOO_SLOW_MS) {
      this.#limit = Math.max(MIN_IN_FLIGHT, Math.floor(this.#limit / 2));
    } else if (hasTimeLeft && perMs < this.#enoughPerMs && meanMs < SLOW_MS && perMs > this.#bestPerMs * WORTHWHILE) {
      this.#limit = Math.min(MAX_IN_FLIGHT, Math.ceil(this.#limit * growth));
    }
    // What a busy thread reached says nothing about what fewer or more in flight would bring.
    if (hasTimeLeft) this.#bestPerMs = Math.max(this.#bestPerMs, perMs);
    this.#startedAt = now;
    this.#idleAtStart = idleMs;
    this.#answered = 0;
    this.#unanswered = 0;
    this.#latencySumMs = 0;
  }
}
