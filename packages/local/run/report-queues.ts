import type { LocalLog, QueueEvent } from '../model/local-event.ts';

const INTERVAL_MS = 1_000;

/**
 * Logs the depth of each queue that is not empty, about once a second, and once more when it is empty again. If the
 * depths are not available, it skips that second.
 * @returns A function that ends the reports.
 */
export const reportQueues = (
  depths: () => Promise<readonly Omit<QueueEvent, 'type'>[]>,
  log: LocalLog,
): (() => Promise<void>) => {
  const nonEmpty = new Set<string>();
  const report = async (): Promise<void> => {
    for (const depth of await depths()) {
      const isEmpty = depth.visible + depth.inFlight === 0;
      if (!isEmpty || nonEmpty.has(depth.name)) log({ type: 'queue', ...depth });
      if (isEmpty) nonEmpty.delete(depth.name);
      else nonEmpty.add(depth.name);
    }
  };
  let reporting = Promise.resolve();
  const timer = setInterval(() => {
    reporting = reporting.then(report).catch(() => {}); // the queues may have stopped; the next report tries again
  }, INTERVAL_MS).unref();
  return async () => {
    clearInterval(timer);
    await reporting;
  };
};
