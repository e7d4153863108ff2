import type { CaseReport } from '../../report.ts';
import type { BenchRun } from '../../run-bench.ts';
import type { VariantRun, WorkerOrder } from '../../run-variant.ts';
import { median } from '../../timing.ts';
import { ANSWER_SETTINGS } from '../answer-settings.ts';
import { cpuPerPost, measurePairs, medianRatio } from './measure-pairs.ts';

/** As many as one function can post to in its quarter of a second, so that nothing is handed over. */
const MEMBERS = 1_000;
const SMALL = 100;

/**
 * Measures the CPU time of a post in a channel and in a broadcast to all, both with the same number of posts, over TLS.
 * Table and queue are the services of the stub, as in the other cases: the calls of a channel are part of its price. It
 * is the time of the whole function, so a room of 100 bears the reads and writes of a message with fewer posts.
 * On a shared machine the ratio of two runs differs by a tenth, so run it again before you believe it.
 */
export const postsOfARoom = async (run: BenchRun): Promise<CaseReport> => {
  const measure = (members: number, channels: number, pairs: number) => {
    const settings = { ...ANSWER_SETTINGS, latencyMs: 5, jitterMs: 3, connections: members * channels, members };
    const order: Omit<WorkerOrder, 'variant' | 'messages'> = {
      connections: members * channels,
      channels,
      messageBytes: 1_024,
      postsPerSecond: 20_000,
      // The code of both sides must be compiled before it is measured: a message of a channel runs more of it.
      warmUps: 20,
      batches: 20,
    };
    return measurePairs(
      run,
      [
        { name: 'broadcast to all', settings, order: { ...order, variant: 'fan-out', messages: 1 } },
        {
          name: `${channels} × ${members}`,
          settings,
          order: { ...order, variant: 'channel-fan-out', messages: channels },
        },
      ],
      pairs,
    );
  };
  const large = await measure(MEMBERS, 1, run.quick ? 5 : 9);
  const small = await measure(SMALL, 10, run.quick ? 2 : 5);
  const row = (name: string, runs: readonly VariantRun[]): string[] => [
    name,
    median(runs.map(({ counts }) => counts.posts)).toLocaleString('en'),
    median(runs.map(({ counts }) => counts.queued)).toLocaleString('en'),
    median(runs.map(cpuPerPost)).toFixed(3),
  ];
  const name = `CPU per post in a room of ${MEMBERS.toLocaleString('en')} against a broadcast to as many`;
  return {
    title: 'A post of 1 KB in a channel and in a broadcast to all',
    columns: ['', 'posts', 'handed over', 'CPU ms a post'],
    rows: [
      row(
        `broadcast to ${MEMBERS}`,
        large.map(([broadcast]) => broadcast),
      ),
      row(
        `a room of ${MEMBERS}`,
        large.map(([, channel]) => channel),
      ),
      row(
        `broadcast to ${MEMBERS}, again`,
        small.map(([broadcast]) => broadcast),
      ),
      row(
        `a batch of ten rooms of ${SMALL}, ${medianRatio(small, cpuPerPost).toFixed(2)} times`,
        small.map(([, channel]) => channel),
      ),
    ],
    figures: [
      { name, value: medianRatio(large, cpuPerPost), unit: 'times', target: 1.1, stretch: 1.03, better: 'less' },
    ],
  };
};
