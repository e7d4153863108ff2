import type { Timekeeper } from './timekeeper.ts';

/**
 * What the promise resolves to, or `undefined` where it has not by then. It goes on, but nobody hears of it any more.
 * @param until Epoch milliseconds.
 */
export const within = <T>(promise: Promise<T>, until: number, timekeeper: Timekeeper): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const cancel = timekeeper.after(Math.max(0, until - timekeeper.now()), () => resolve(undefined));
    promise.finally(cancel).then(resolve, reject);
  });
