import type { Clock } from '../runtime/clock.ts';

/**
 * Runs a task again and again by a clock, one at a time: what comes due meanwhile is run once, afterwards. Returns what
 * ends it.
 */
export const repeatByClock = (clock: Clock, everyMs: number, task: () => Promise<void>): (() => void) => {
  let cancel = () => {};
  let isRunning = false;
  let isDue = false;
  const run = async (): Promise<void> => {
    isDue = true;
    if (isRunning) return;
    isRunning = true;
    for (; isDue; ) {
      isDue = false;
      await task();
    }
    isRunning = false;
  };
  const wait = (): void => {
    cancel = clock.after(everyMs, () => {
      wait();
      void run();
    });
  };
  wait();
  return () => cancel();
};
