import type { CaseReport } from '../../report.ts';
import type { BenchRun } from '../../run-bench.ts';
import type { VariantRun } from '../../run-variant.ts';
import { median } from '../../timing.ts';
import { ANSWER_SETTINGS } from '../answer-settings.ts';
import { measurePairs, type Side } from './measure-pairs.ts';

const FEW = 1_000;
const MANY = 100_000;
/** Every 50 ms for as long as the longest invocation: the heap is largest while pages are read and handed over. */
const HEAP_AT_MS = Array.from({ length: 100 }, (_, index) => 25 + index * 50);

/**
 * Measures the heap of a message to 1,000 and to 100,000 subscribers. The table is that of the stub, so that its rows
 * are not in the measured heap.
 */
export const subscriberMemory = async (run: BenchRun): Promise<CaseReport> => {
  const pairs = await measurePairs(run, [sideOf(FEW), sideOf(MANY)], run.quick ? 3 : 5);
  const row = (name: string, runs: readonly VariantRun[]): string[] => [
    name,
    ...[({ heapBytes }: VariantRun) => heapBytes, ({ peakBytes }: VariantRun) => peakBytes].map((pick) =>
      (median(runs.map(pick)) / 1e6).toFixed(1),
    ),
    median(runs.map(({ counts }) => counts.queued)).toFixed(0),
    median(runs.map(({ startedAt, endedAt }) => endedAt - startedAt)).toFixed(0),
  ];
  return {
    title: 'Memory of one message to the subscribers of a channel',
    columns: ['subscribers', 'heap MB', 'peak MB', 'segments', 'ms with the collections'],
    rows: [
      row(
        FEW.toLocaleString('en'),
        pairs.map(([few]) => few),
      ),
      row(
        MANY.toLocaleString('en'),
        pairs.map(([, many]) => many),
      ),
    ],
    figures: [
      {
        name: 'Heap after a forced collection, from 1,000 to 100,000 subscribers',
        value: median(pairs.map(([few, many]) => (many.heapBytes - few.heapBytes) / 1e6)),
        unit: 'MB more',
        target: 15,
        stretch: 5,
        better: 'less',
      },
    ],
  };
};

const sideOf = (members: number): Side => ({
  name: `${members.toLocaleString('en')} subscribers`,
  settings: { ...ANSWER_SETTINGS, connections: members, members },
  order: {
    variant: 'channel-fan-out',
    connections: members,
    messages: 1,
    messageBytes: 1_024,
    postsPerSecond: 10_000,
    warmUps: 0,
    heapAtMs: HEAP_AT_MS,
  },
});
