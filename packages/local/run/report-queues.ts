import type { LocalLog, QueueEvent } from '../model/local-event.ts';

const EVERY_MS = 1_000;

/**
 * Tells about once a second how each queue is that is not empty, and once more when it is empty again. Where a second's
 * depths cannot be had, the next is asked again.
 * @returns what ends it.
 */
export const reportQueues = (
  depths: () => Promise<readonly Omit<QueueEvent, 'type'>[]>,
  log: LocalLog,
): (() => Promise<void>) => {
  const told = new Set<string>();
  const report = async (): Promise<void> => {
    for (const depth of await depths()) {
      const isEmpty = depth.visible + depth.inFlight === 0;
      if (!isEmpty || told.has(depth.name)) log({ type: 'queue', ...depth });
      if (isEmpty) told.delete(depth.name);
      else told.add(depth.name);
    }
  };
  let reporting = Promise.resolve();
  const timer = setInterval(() => {
    reporting = reporting.then(report).catch(() => {}); // who ends the queues says so; here it is a second without news
  }, EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await reporting;
  };
};
