import type { BenchRun } from '../run-bench.ts';
import { runVariant, type VariantRun, type WorkerOrder } from '../run-variant.ts';
import type { StubSettings } from '../stub/stub-messages.ts';

/** Runs the variants in turn, round after round, so that other work of the machine affects all of them. */
export const measureVariants = async <V extends WorkerOrder['variant']>(
  { stub, workerFile, onProgress }: BenchRun,
  variants: readonly V[],
  rounds: number,
  settings: StubSettings,
  order: Omit<WorkerOrder, 'variant'>,
): Promise<Record<V, VariantRun[]>> => {
  const runs = Object.fromEntries(variants.map((variant) => [variant, []])) as unknown as Record<V, VariantRun[]>;
  for (let round = 1; round <= rounds; round += 1) {
    for (const variant of variants) {
      onProgress(
        `${variant}, ${order.messages} × ${order.connections.toLocaleString('en')} posts, round ${round} of ${rounds}`,
      );
      runs[variant].push(await runVariant(workerFile, stub, settings, { ...order, variant }));
    }
  }
  return runs;
};
