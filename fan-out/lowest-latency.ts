/** Ours: how long posts are averaged together, in milliseconds. */
const WINDOW_MS = 100;
/** Ours: fewer posts say nothing about the gateway. */
const MIN_POSTS = 20;

/**
 * How long a post takes where none waits for another: the lowest mean of all windows so far. The mean of now would count
 * the time that posts wait for each other in this process, so that posts in flight would ask for more posts in flight.
 */
export class LowestLatency {
  #lowestMs: number | undefined;
  #startedAt: number;
  #sumMs = 0;
  #posts = 0;

  /** @param now Epoch milliseconds. */
  constructor(now: number) {
    this.#startedAt = now;
  }

  /** In milliseconds; 0 until it is known. */
  get ms(): number {
    return this.#lowestMs ?? 0;
  }

  /** Takes note of a post that was answered. */
  note(latencyMs: number, now: number): void {
    this.#sumMs += latencyMs;
    this.#posts++;
    if (now - this.#startedAt < WINDOW_MS) return;
    if (this.#posts >= MIN_POSTS) this.#lowestMs = Math.min(this.#lowestMs ?? Infinity, this.#sumMs / this.#posts);
    this.#startedAt = now;
    this.#sumMs = 0;
    this.#posts = 0;
  }
}
