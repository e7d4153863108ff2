import type { BenchRun } from '../../run-bench.ts';
import { runVariant, type VariantRun, type WorkerOrder } from '../../run-variant.ts';
import type { StubSettings } from '../../stub/stub-messages.ts';
import { median } from '../../timing.ts';

/** One side of a comparison. */
export interface Side {
  readonly name: string;
  readonly settings: StubSettings;
  readonly order: WorkerOrder;
}

/**
 * Runs two sides in turn, pair after pair, each in a new process. The side that comes first changes with each pair,
 * because the second often meets a warmer machine.
 */
export const measurePairs = async (
  { stub, workerFile, onProgress }: BenchRun,
  sides: readonly [Side, Side],
  pairs: number,
): Promise<(readonly [VariantRun, VariantRun])[]> => {
  const [a, b] = sides;
  const run = ({ settings, order }: Side): Promise<VariantRun> => runVariant(workerFile, stub, settings, order);
  const measured: (readonly [VariantRun, VariantRun])[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    onProgress(`${a.name}, ${b.name}: pair ${pair + 1} of ${pairs}`);
    if (pair % 2 === 0) {
      const first = await run(a);
      measured.push([first, await run(b)]);
    } else {
      const second = await run(b);
      measured.push([await run(a), second]);
    }
  }
  return measured;
};

/** The median of the ratios of pairs: the second to the first. */
export const medianRatio = <T>(pairs: readonly (readonly [T, T])[], pick: (side: T) => number): number =>
  median(pairs.map(([a, b]) => pick(b) / pick(a)));

export const cpuPerPost = ({ cpuMs, counts }: VariantRun): number => cpuMs / counts.posts;
