import type { CaseReport } from '../report.ts';
import type { BenchRun } from '../run-bench.ts';
import { runVariant, type VariantRun, type WorkerOrder } from '../run-variant.ts';
import { median } from '../timing.ts';
import { ANSWER_SETTINGS } from './answer-settings.ts';

const FEW = 1_000;
const MANY = 100_000;
/** The whole default quota of an account, for one function. */
const POSTS_PER_SECOND = 10_000;

/** Measures one message from one function to 100,000 connections, and compares its memory with 1,000 connections. */
export const manyConnections = async (run: BenchRun): Promise<CaseReport> => {
  const rounds = run.quick ? 1 : 3;
  const few: VariantRun[] = [];
  const many: VariantRun[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    few.push(await measure(run, 'fan-out', FEW));
    many.push(await measure(run, 'fan-out', MANY));
  }
  // The SDK loop takes minutes and 3 GB for 100,000 connections, so it gets a tenth of them.
  const sdkLoop = run.quick ? [] : [await measure(run, 'sdk-loop', MANY / 10)];
  const medianOf = (runs: readonly VariantRun[], pick: (run: VariantRun) => number): number => median(runs.map(pick));
  const heap = ({ heapBytes }: VariantRun): number => heapBytes;
  const peak = ({ peakBytes }: VariantRun): number => peakBytes;
  const ideal = (MANY / POSTS_PER_SECOND) * 1_000;
  const row = (name: string, runs: readonly VariantRun[]): string[] => [
    name,
    ...[toFirst, toLast].map((pick) => Math.round(medianOf(runs, pick)).toLocaleString('en')),
    ...[heap, peak].map((pick) => (medianOf(runs, pick) / 1e6).toFixed(1)),
  ];
  return {
    title: `One message by one function at ${POSTS_PER_SECOND.toLocaleString('en')} posts a second, 20±10 ms`,
    columns: ['connections', 'first ms', 'last ms', 'heap MB', 'peak MB'],
    rows: [
      row('1,000, fan-out', few),
      row('100,000, fan-out', many),
      ...(sdkLoop.length > 0 ? [row('10,000, SDK loop', sdkLoop)] : []),
    ],
    figures: [
      {
        name: '100,000 connections, one function, against posts / 10,000 s',
        value: medianOf(many, toLast) / ideal,
        unit: 'times',
        target: 1.15,
        stretch: 1.05,
        better: 'less',
      },
      {
        name: 'Heap after a forced collection, from 1,000 to 100,000 connections',
        value: (medianOf(many, heap) - medianOf(few, heap)) / 1e6,
        unit: 'MB more',
        target: 15,
        stretch: 5,
        better: 'less',
      },
      {
        name: 'Peak memory at 100,000 connections',
        value: medianOf(many, peak) / 1e6,
        unit: 'MB',
        target: 260,
        stretch: 160,
        better: 'less',
      },
    ],
  };
};

const measure = (run: BenchRun, variant: WorkerOrder['variant'], connections: number): Promise<VariantRun> => {
  run.onProgress(`${variant}, 1 × ${connections.toLocaleString('en')} posts`);
  return runVariant(
    run.workerFile,
    run.stub,
    { ...ANSWER_SETTINGS, connections },
    {
      variant,
      connections,
      messages: 1,
      messageBytes: 1_024,
      postsPerSecond: POSTS_PER_SECOND,
      warmUps: 0,
      // In the middle of the posts, when memory use is highest.
      heapAtMs: [connections / (2 * (POSTS_PER_SECOND / 1_000))],
    },
  );
};

const toFirst = ({ firstDeliveryMs }: VariantRun): number => firstDeliveryMs;
const toLast = ({ lastDeliveryMs }: VariantRun): number => lastDeliveryMs;
