import type { CaseReport } from '../../report.ts';
import type { BenchRun } from '../../run-bench.ts';
import { runVariant, type VariantRun } from '../../run-variant.ts';
import { median } from '../../timing.ts';
import { ANSWER_SETTINGS } from '../answer-settings.ts';

const MEMBERS = 10_000;
const POSTS_PER_SECOND = 4_000;

/**
 * Measures how long one message holds the group of a room of 10,000, and how many messages a second get through it. The
 * group is held for a quarter of a second of posts, the slowest answer (30 ms) and the queue. Table and queue are the
 * services of the stub. For the messages a second, the segments stay in the process, because no queue of the stub gives
 * them out: two broadcast fan-outs post them. Each of the three functions has 4,000 posts a second.
 */
export const largeRoom = async (run: BenchRun): Promise<CaseReport> => {
  const messages = run.quick ? 4 : 10;
  const held = await measure(run, { variant: 'channel-fan-out', messages: 1, warmUps: 3, rounds: run.quick ? 5 : 11 });
  const through = { variant: 'large-room', messages, warmUps: 1, rounds: run.quick ? 1 : 3 } as const;
  const plain = await measure(run, through);
  const protocol = await measure(run, { ...through, protocol: true });
  const messagesPerSecond = ({ lastDeliveryMs }: VariantRun): number => (messages * 1_000) / lastDeliveryMs;
  const row = (name: string, runs: readonly VariantRun[], perSecond: string): string[] => [
    name,
    perSecond,
    median(runs.map(({ counts }) => counts.posts)).toLocaleString('en'),
    median(runs.map(({ counts, lastDeliveryMs }) => (counts.posts * 1_000) / lastDeliveryMs)).toFixed(0),
    median(runs.map(({ cpuMs, startedAt, endedAt }) => cpuMs / (endedAt - startedAt))).toFixed(2),
  ];
  const throughRow = (clients: string, runs: readonly VariantRun[]): string[] =>
    row(`${messages} messages to ${clients} clients`, runs, median(runs.map(messagesPerSecond)).toFixed(2));
  return {
    title: `A room of ${MEMBERS.toLocaleString('en')}, each function at ${POSTS_PER_SECOND.toLocaleString('en')} posts a second`,
    columns: ['', 'messages a second', 'posts', 'posts a second', 'CPU share'],
    rows: [
      row('the channel fan-out alone, one message', held, ''),
      throughRow('plain', plain),
      throughRow('protocol', protocol),
    ],
    figures: [
      {
        name: 'From the first post of a message to the end of the function, which frees the group',
        value: median(held.map(({ endedAt, counts }) => endedAt - counts.firstPostedAt)),
        unit: 'ms',
        target: 300,
        stretch: 280,
        better: 'less',
      },
      {
        name: 'Messages a second to plain clients of that room',
        value: median(plain.map(messagesPerSecond)),
        unit: 'a second',
        target: 0.8,
        stretch: 0.85,
        better: 'more',
      },
    ],
  };
};

interface Order {
  variant: 'channel-fan-out' | 'large-room';
  messages: number;
  warmUps: number;
  rounds: number;
  protocol?: boolean;
}

const measure = async (
  { stub, workerFile, onProgress }: BenchRun,
  { rounds, protocol = false, ...order }: Order,
): Promise<VariantRun[]> => {
  const runs: VariantRun[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    onProgress(
      `${order.variant}, ${order.messages} × ${MEMBERS.toLocaleString('en')} posts, round ${round} of ${rounds}`,
    );
    const settings = { ...ANSWER_SETTINGS, connections: MEMBERS, members: MEMBERS, protocol };
    const workerOrder = { connections: MEMBERS, messageBytes: 1_024, postsPerSecond: POSTS_PER_SECOND, ...order };
    runs.push(await runVariant(workerFile, stub, settings, workerOrder));
  }
  return runs;
};
