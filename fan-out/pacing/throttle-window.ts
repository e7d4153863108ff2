/** The fields of a connection that the window keeps. */
export interface WindowedConnection {
  /** Number of the window in which API Gateway last answered a post to it. */
  answeredIn: number;
  /** Number of the window in which it last answered 429. */
  throttledIn: number;
}

/** Our choice: length of a window, in milliseconds. */
const WINDOW_MS = 500;
/** Our choice: if more than this share of distinct connections got 429, the account is throttled. */
const THROTTLED_SHARE = 0.05;
/** Our choice: fewer distinct connections say nothing about the account. */
const MIN_CONNECTIONS = 20;
/** Our choice: the lowest factor. */
const MIN_FACTOR = 1 / 16;

/**
 * Distinguishes a throttled account from clients that read slowly: API Gateway answers 429 for both, but only the
 * account lowers the rate. A window in which more than 5 % of distinct connections got 429 halves the rate. Any other
 * window raises it by a quarter.
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

  /** The factor for the rate, from 1/16 to 1. */
  get factor(): number {
    return this.#factor;
  }

  /** Counts an answer. @returns whether the factor has changed. */
  record(connection: WindowedConnection, throttled: boolean, now: number): boolean {
    const changed = now - this.#startedAt >= WINDOW_MS && this.#closeWindow(now);
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

  #closeWindow(now: number): boolean {
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
