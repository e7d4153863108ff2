import { performance } from 'node:perf_hooks';

/** The clock, timers, idle time and random numbers: a test replaces them. */
export interface Timekeeper {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now. Returns a function that cancels the call. */
  after(delayMs: number, callback: () => void): () => void;
  /** How long this thread has been idle since it began, in milliseconds. */
  idleMs(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
}

export const systemTimekeeper: Timekeeper = {
  now: Date.now,
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  idleMs: () => performance.eventLoopUtilization().idle,
  random: Math.random,
};

/**
 * Waits for the promise until a deadline, then returns `undefined`. The promise is not cancelled.
 * @param until Epoch milliseconds.
 */
export const within = <T>(promise: Promise<T>, until: number, timekeeper: Timekeeper): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const cancel = timekeeper.after(Math.max(0, until - timekeeper.now()), () => resolve(undefined));
    promise.finally(cancel).then(resolve, reject);
  });
