import type { CaseReport } from '../report.ts';
import type { BenchRun } from '../run-bench.ts';
import { runWay, type WayRun, type WorkerOrder } from '../run-way.ts';
import { median } from '../timing.ts';
import { ANSWER_SETTINGS } from './answer-settings.ts';

const FEW = 1_000;
const MANY = 100_000;
/** Of a Lambda that may use all of an account's default quota. */
const POSTS_PER_SECOND = 10_000;

/** One message to 100,000 connections by one function at the account's quota, and the memory it takes beside 1,000. */
export const manyConnections = async (run: BenchRun): Promise<CaseReport> => {
  const rounds = run.quick ? 1 : 3;
  const few: WayRun[] = [];
  const many: WayRun[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    few.push(await measure(run, 'ours', FEW));
    many.push(await measure(run, 'ours', MANY));
  }
  // The seed way at 100,000 takes minutes and 3 GB: a tenth of it shows where it goes.
  const seed = run.quick ? [] : [await measure(run, 'seed', MANY / 10)];
  const of = (runs: readonly WayRun[], pick: (one: WayRun) => number): number => median(runs.map(pick));
  const heap = ({ heapBytes }: WayRun): number => heapBytes;
  const peak = ({ peakBytes }: WayRun): number => peakBytes;
  const ideal = (MANY / POSTS_PER_SECOND) * 1_000;
  const row = (name: string, runs: readonly WayRun[]): string[] => [
    name,
    ...[toFirst, toLast].map((pick) => Math.round(of(runs, pick)).toLocaleString('en')),
    ...[heap, peak].map((pick) => (of(runs, pick) / 1e6).toFixed(1)),
  ];
  return {
    title: `One message by one function at ${POSTS_PER_SECOND.toLocaleString('en')} posts a second, 20±10 ms`,
    columns: ['connections', 'first ms', 'last ms', 'heap MB', 'peak MB'],
    rows: [
      row('1,000, ours', few),
      row('100,000, ours', many),
      ...(seed.length > 0 ? [row('10,000, seed way', seed)] : []),
    ],
    figures: [
      {
        name: '100,000 connections, one function, against posts / 10,000 s',
        value: of(many, toLast) / ideal,
        unit: 'times',
        target: 1.15,
        stretch: 1.05,
        better: 'less',
      },
      {
        name: 'Heap after a forced collection, from 1,000 to 100,000 connections',
        value: (of(many, heap) - of(few, heap)) / 1e6,
        unit: 'MB more',
        target: 15,
        stretch: 5,
        better: 'less',
      },
      {
        name: 'Peak memory at 100,000 connections',
        value: of(many, peak) / 1e6,
        unit: 'MB',
        target: 260,
        stretch: 160,
        better: 'less',
      },
    ],
  };
};

const measure = (run: BenchRun, way: WorkerOrder['way'], connections: number): Promise<WayRun> => {
  run.onProgress(`${way}, 1 × ${connections.toLocaleString('en')} posts`);
  return runWay(
    run.workerFile,
    run.stub,
    { ...ANSWER_SETTINGS, connections },
    {
      way,
      connections,
      messages: 1,
      messageBytes: 1_024,
      postsPerSecond: POSTS_PER_SECOND,
      warmUps: 0,
      // In the middle of the posts, when all there is is in use.
      heapAfterMs: connections / (2 * (POSTS_PER_SECOND / 1_000)),
    },
  );
};

const toFirst = ({ firstDeliveryMs }: WayRun): number => firstDeliveryMs;
const toLast = ({ lastDeliveryMs }: WayRun): number => lastDeliveryMs;
