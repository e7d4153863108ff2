import type { CaseReport } from '../report.ts';
import type { BenchRun } from '../run-bench.ts';
import type { WayRun } from '../run-way.ts';
import { median } from '../timing.ts';
import { ANSWER_SETTINGS } from './answer-settings.ts';
import { measureWays } from './measure-ways.ts';

/** A batch of ten messages to 1,000 connections, of which 1 % are stale, with 0.5 % of the posts throttled. */
export const batchWithFaults = async (run: BenchRun): Promise<CaseReport> => {
  const settings = { ...ANSWER_SETTINGS, staleShare: 0.01, throttledShare: 0.005 };
  const order = { connections: 1_000, messages: 10, messageBytes: 1_024, postsPerSecond: 10_000, warmUps: 1 };
  const runs = await measureWays(run, ['seed', 'ours'], run.quick ? 1 : 3, settings, order);
  const of = (way: keyof typeof runs, pick: (one: WayRun) => number): number => median(runs[way].map(pick));
  const ratio = (pick: (one: WayRun) => number): number => of('seed', pick) / of('ours', pick);
  const row = (way: keyof typeof runs, name: string): string[] => [
    name,
    ms(of(way, toFirst)),
    ms(of(way, toLast)),
    ...[posts, delivered, gone, scans, sockets].map((pick) => of(way, pick).toLocaleString('en')),
    mb(of(way, ({ heapBytes }) => heapBytes)),
    mb(of(way, ({ peakBytes }) => peakBytes)),
  ];
  return {
    title: '10 messages to 1,000 connections, 20±10 ms, 1 % stale, 0.5 % 429',
    columns: [
      'way',
      'first ms',
      'last ms',
      'posts',
      'delivered',
      '410s paid',
      'scans',
      'new sockets',
      'heap MB',
      'peak MB',
    ],
    rows: [row('seed', 'seed way'), row('ours', 'ours')],
    figures: [
      {
        name: 'Time to the last delivery against the seed way',
        value: ratio(toLast),
        unit: 'times less',
        target: 3,
        stretch: 4,
        better: 'more',
      },
      {
        name: 'Time to the first delivery against the seed way',
        value: ratio(toFirst),
        unit: 'times less',
        target: 15,
        stretch: 40,
        better: 'more',
      },
    ],
  };
};

const toFirst = ({ firstDeliveryMs }: WayRun): number => firstDeliveryMs;
const toLast = ({ lastDeliveryMs }: WayRun): number => lastDeliveryMs;
const posts = ({ counts }: WayRun): number => counts.posts;
const delivered = ({ counts }: WayRun): number => counts.delivered;
const gone = ({ counts }: WayRun): number => counts.gone;
const scans = ({ counts }: WayRun): number => counts.scans;
const sockets = ({ counts }: WayRun): number => counts.sockets;
const ms = (value: number): string => Math.round(value).toLocaleString('en');
const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
