import { performance } from 'node:perf_hooks';

/** Time, leisure and chance, so that a test can turn them by hand. */
export interface Timekeeper {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now. Returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** How long this thread has waited for something to do, in milliseconds, since it began. */
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
 * What the promise resolves to, or `undefined` where it has not by then. It goes on, but nobody hears of it any more.
 * @param until Epoch milliseconds.
 */
export const within = <T>(promise: Promise<T>, until: number, timekeeper: Timekeeper): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const cancel = timekeeper.after(Math.max(0, until - timekeeper.now()), () => resolve(undefined));
    promise.finally(cancel).then(resolve, reject);
  });
