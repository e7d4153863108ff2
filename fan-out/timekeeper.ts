/** Time and chance, so that a test can turn both by hand. */
export interface Timekeeper {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now. Returns what cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** From 0 up to, not including, 1. */
  random(): number;
}

export const systemTimekeeper: Timekeeper = {
  now: Date.now,
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};
