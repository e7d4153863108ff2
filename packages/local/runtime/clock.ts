/** The one source of time of a local run. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now by this clock. Returns what cancels it. A waiting timer keeps no process alive. */
  after(delayMs: number, callback: () => void): () => void;
  /** A float64: milliseconds this clock is ahead of the system's, shared with the threads. Absent where it cannot be moved. */
  readonly offset?: SharedArrayBuffer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
