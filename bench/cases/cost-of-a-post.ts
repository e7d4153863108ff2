import type { CaseReport, Figure } from '../report.ts';
import type { BenchRun } from '../run-bench.ts';
import type { WayRun } from '../run-way.ts';
import { median } from '../timing.ts';
import { ANSWER_SETTINGS } from './answer-settings.ts';
import { measureWays } from './measure-ways.ts';

/** CPU of a post of 1 KB over TLS: the whole function's, scan and accounts with it, without faults. */
export const costOfAPost = async (run: BenchRun): Promise<CaseReport> => {
  const connections = run.quick ? 500 : 1_000;
  const runs = await measureWays(
    run,
    ['seed', 'ours', 'floor'],
    run.quick ? 1 : 3,
    { ...ANSWER_SETTINGS, connections },
    {
      connections,
      messages: 10,
      messageBytes: 1_024,
      postsPerSecond: 10_000,
      warmUps: 1,
    },
  );
  const cost = (way: keyof typeof runs): number => median(runs[way].map(cpuMsOf));
  const figures: Figure[] = [
    {
      name: 'CPU per post against the seed way',
      value: cost('seed') / cost('ours'),
      unit: 'times less',
      target: 6,
      stretch: 10,
      better: 'more',
    },
    {
      name: 'CPU per post against the unsigned raw TLS floor',
      value: cost('ours') / cost('floor'),
      unit: 'times',
      target: 3.5,
      stretch: 2,
      better: 'less',
    },
  ];
  const rows = (['seed', 'ours', 'floor'] as const).map((way) => [
    NAMES[way],
    cost(way).toFixed(3),
    Math.round(1_000 / cost(way)).toLocaleString('en'),
  ]);
  return { title: 'A post of 1 KB over TLS', columns: ['way', 'CPU ms a post', 'posts a CPU-second'], rows, figures };
};

const NAMES = { seed: 'seed way', ours: 'ours', floor: 'unsigned raw TLS' } as const;

const cpuMsOf = ({ cpuMs, counts }: WayRun): number => cpuMs / counts.posts;
