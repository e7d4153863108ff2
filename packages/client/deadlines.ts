import type { Runtime } from './runtime.ts';

/** Our choice: the clock is looked at this often, so that a sleep of the device is noticed. In milliseconds. */
const LOOK_MS = 30_000;
/** Our choice: after a pause this long the device has slept. Hidden tabs fire timers once a minute. In milliseconds. */
const SLEEP_MS = 100_000;

interface Deadline {
  at: number;
  run: () => void;
}

/** Deadlines by the clock, not by timers: a device that sleeps and a hidden tab delay timers. */
export class Deadlines {
  readonly #runtime: Runtime;
  readonly #onWake: () => void;
  readonly #deadlines = new Set<Deadline>();
  #next = Infinity;
  #lookedAt: number;
  #cancelTimer = (): void => {};

  constructor(runtime: Runtime, onWake: () => void) {
    this.#runtime = runtime;
    this.#onWake = onWake;
    this.#lookedAt = runtime.now();
    this.#setTimer();
  }

  /** Calls back once, when the time is over. @returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void {
    const deadline = { at: this.#runtime.now() + delayMs, run };
    this.#deadlines.add(deadline);
    if (deadline.at < this.#next) this.#setTimer();
    return () => void this.#deadlines.delete(deadline);
  }

  /** Calls back what is due. Each received frame calls this, because timers may be late. */
  look(): void {
    const now = this.#runtime.now();
    const passedMs = now - this.#lookedAt;
    this.#lookedAt = now;
    // The clock was set back: the time to wait stays as it was.
    if (passedMs < 0) for (const deadline of this.#deadlines) deadline.at += passedMs;
    if (now >= this.#next) {
      for (const deadline of this.#deadlines) {
        if (deadline.at > now || !this.#deadlines.delete(deadline)) continue;
        deadline.run();
      }
      this.#setTimer();
    }
    if (passedMs > SLEEP_MS) this.#onWake();
  }

  /** Forgets all deadlines. */
  stop(): void {
    this.#deadlines.clear();
    this.#cancelTimer();
    this.#next = Infinity;
  }

  #setTimer(): void {
    const now = this.#runtime.now();
    this.#next = now + LOOK_MS;
    for (const { at } of this.#deadlines) this.#next = Math.min(this.#next, at);
    this.#cancelTimer();
    this.#cancelTimer = this.#runtime.after(Math.max(0, this.#next - now), () => {
      this.#next = -Infinity; // a timer may fire a millisecond early, and must be set again
      this.look();
    });
  }
}
