import type { Timekeeper } from '../../../fan-out/time/timekeeper.ts';

interface Timer {
  at: number;
  callback: () => void;
}

/**
 * A clock that jumps to the next timer, and seeded random numbers: a run takes no time and always gives the same
 * result.
 */
export class VirtualTime implements Timekeeper {
  #now: number;
  #seed: number;
  /** Sorted by time; timers of the same time keep the order in which they were set. */
  readonly #timers: Timer[] = [];

  constructor(now: number, seed: number) {
    this.#now = now;
    this.#seed = seed;
  }

  now(): number {
    return this.#now;
  }

  /** The thread is always idle: code takes no virtual time. */
  idleMs(): number {
    return this.#now;
  }

  /** Mulberry32. */
  random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), callback };
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1] as Timer).at > timer.at) index--;
    this.#timers.splice(index, 0, timer);
    return () => {
      const at = this.#timers.indexOf(timer);
      if (at >= 0) this.#timers.splice(at, 1);
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /** Runs until no timer is left, or until the time is reached. */
  async run(until = Infinity): Promise<void> {
    await settleMicrotasks();
    for (let timer = this.#timers[0]; timer && timer.at <= until; timer = this.#timers[0]) {
      this.#now = timer.at;
      while (this.#timers[0]?.at === this.#now) this.#timers.shift()?.callback();
      await settleMicrotasks();
    }
  }
}

const settleMicrotasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
