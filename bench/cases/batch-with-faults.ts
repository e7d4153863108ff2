import type { CaseReport } from '../report.ts';
import type { BenchRun } from '../run-bench.ts';
import type { VariantRun } from '../run-variant.ts';
import { median } from '../timing.ts';
import { ANSWER_SETTINGS } from './answer-settings.ts';
import { measureVariants } from './measure-variants.ts';

/**
 * Measures a batch of ten messages to 1,000 connections. 1 % of them are stale, and 0.5 % of the posts are throttled.
 */
export const batchWithFaults = async (run: BenchRun): Promise<CaseReport> => {
  const settings = { ...ANSWER_SETTINGS, staleShare: 0.01, throttledShare: 0.005 };
  const order = { connections: 1_000, messages: 10, messageBytes: 1_024, postsPerSecond: 10_000, warmUps: 1 };
  const runs = await measureVariants(run, ['sdk-loop', 'fan-out'], run.quick ? 1 : 3, settings, order);
  const medianOf = (variant: keyof typeof runs, pick: (run: VariantRun) => number): number =>
    median(runs[variant].map(pick));
  const ratio = (pick: (run: VariantRun) => number): number => medianOf('sdk-loop', pick) / medianOf('fan-out', pick);
  const row = (variant: keyof typeof runs, name: string): string[] => [
    name,
    ms(medianOf(variant, toFirst)),
    ms(medianOf(variant, toLast)),
    ...[posts, delivered, gone, scans, sockets].map((pick) => medianOf(variant, pick).toLocaleString('en')),
    mb(medianOf(variant, ({ heapBytes }) => heapBytes)),
    mb(medianOf(variant, ({ peakBytes }) => peakBytes)),
  ];
  return {
    title: '10 messages to 1,000 connections, 20±10 ms, 1 % stale, 0.5 % 429',
    columns: [
      'variant',
      'first ms',
      'last ms',
      'posts',
      'delivered',
      '410s',
      'scans',
      'new sockets',
      'heap MB',
      'peak MB',
    ],
    rows: [row('sdk-loop', 'SDK loop'), row('fan-out', 'fan-out')],
    figures: [
      {
        name: 'Time to the last delivery against the SDK loop',
        value: ratio(toLast),
        unit: 'times less',
        target: 3,
        stretch: 4,
        better: 'more',
      },
      {
        name: 'Time to the first delivery against the SDK loop',
        value: ratio(toFirst),
        unit: 'times less',
        target: 15,
        stretch: 40,
        better: 'more',
      },
    ],
  };
};

const toFirst = ({ firstDeliveryMs }: VariantRun): number => firstDeliveryMs;
const toLast = ({ lastDeliveryMs }: VariantRun): number => lastDeliveryMs;
const posts = ({ counts }: VariantRun): number => counts.posts;
const delivered = ({ counts }: VariantRun): number => counts.delivered;
const gone = ({ counts }: VariantRun): number => counts.gone;
const scans = ({ counts }: VariantRun): number => counts.scans;
const sockets = ({ counts }: VariantRun): number => counts.sockets;
const ms = (value: number): string => Math.round(value).toLocaleString('en');
const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
