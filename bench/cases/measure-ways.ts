import type { BenchRun } from '../run-bench.ts';
import { runWay, type WayRun, type WorkerOrder } from '../run-way.ts';
import type { StubSettings } from '../stub/stub-messages.ts';

/** Runs ways one after the other, again and again, so that what else the machine does falls on all of them. */
export const measureWays = async <W extends WorkerOrder['way']>(
  { stub, workerFile, onProgress }: BenchRun,
  ways: readonly W[],
  rounds: number,
  settings: StubSettings,
  order: Omit<WorkerOrder, 'way'>,
): Promise<Record<W, WayRun[]>> => {
  const runs = Object.fromEntries(ways.map((way) => [way, []])) as unknown as Record<W, WayRun[]>;
  for (let round = 1; round <= rounds; round += 1) {
    for (const way of ways) {
      onProgress(
        `${way}, ${order.messages} × ${order.connections.toLocaleString('en')} posts, round ${round} of ${rounds}`,
      );
      runs[way].push(await runWay(workerFile, stub, settings, { ...order, way }));
    }
  }
  return runs;
};
