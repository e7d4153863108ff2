/** A connection as the window sees it. */
export interface WindowedConnection {
  /** Number of the window in which it last answered, and in which it last answered 429. */
  answeredIn: number;
  throttledIn: number;
}

/** Ours: a window, in milliseconds. */
const WINDOW_MS = 500;
/** Ours: above this share of its distinct connections the account is throttled, not a client slow. */
const THROTTLED_SHARE = 0.05;
/** Ours: fewer distinct connections say nothing about the account. */
const MIN_CONNECTIONS = 20;
/** Ours: the rate is never lowered further than this. */
const MIN_FACTOR = 1 / 16;

/**
 * Tells a throttled account, which lowers the rate for a while, from clients that read slowly, which do not: both
 * answer 429. Halved after a window in which more than 5 % of distinct connections answered 429, raised by a quarter
 * after one in which they did not.
 */
export class ThrottleWindow {
  #number = 1;
  #startedAt: number;
  #answered = 0;
  #throttled = 0;
  #factor = 1;

  /** @param now Epoch milliseconds. */
  constructor(now: number) {
    this.#startedAt = now;
  }

  /** What the rate is to be multiplied with, from 1/16 to 1. */
  get factor(): number {
    return this.#factor;
  }

  /** Takes note of an answer. Whether the factor has changed. */
  note(connection: WindowedConnection, throttled: boolean, now: number): boolean {
    const changed = now - this.#startedAt >= WINDOW_MS && this.#turn(now);
    if (connection.answeredIn !== this.#number) {
      connection.answeredIn = this.#number;
      this.#answered++;
    }
    if (throttled && connection.throttledIn !== this.#number) {
      connection.throttledIn = this.#number;
      this.#throttled++;
    }
    return changed;
  }

  #turn(now: number): boolean {
    const before = this.#factor;
    const accountThrottled = this.#answered >= MIN_CONNECTIONS && this.#throttled > this.#answered * THROTTLED_SHARE;
    this.#factor = accountThrottled ? Math.max(MIN_FACTOR, before / 2) : Math.min(1, before * 1.25);
    this.#number++;
    this.#startedAt = now;
    this.#answered = 0;
    this.#throttled = 0;
    return this.#factor !== before;
  }
}
