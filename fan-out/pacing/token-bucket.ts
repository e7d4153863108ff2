/** Our choice: after a pause, the posts of this many milliseconds may be made together, because timers are coarse. */
const BURST_MS = 100;

/** Allows a number of posts a second, spread evenly. */
export class TokenBucket {
  #tokens: number;
  #perMs: number;
  #burst: number;
  #filledAt: number;

  /** @param now Epoch milliseconds. */
  constructor(perSecond: number, now: number) {
    this.#perMs = perSecond / 1_000;
    this.#burst = Math.max(1, this.#perMs * BURST_MS);
    this.#tokens = this.#burst;
    this.#filledAt = now;
  }

  setRate(perSecond: number): void {
    this.#perMs = perSecond / 1_000;
    this.#burst = Math.max(1, this.#perMs * BURST_MS);
  }

  /** Whether a post may be made now. */
  has(now: number): boolean {
    if (now > this.#filledAt) {
      this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs);
      this.#filledAt = now;
    }
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens -= 1;
  }

  /** Milliseconds until a post may be made. */
  waitMs(): number {
    return Math.max(0, (1 - this.#tokens) / this.#perMs);
  }
}
