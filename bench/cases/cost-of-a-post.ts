import type { CaseReport, Figure } from '../report.ts';
import type { BenchRun } from '../run-bench.ts';
import type { VariantRun } from '../run-variant.ts';
import { median } from '../timing.ts';
import { ANSWER_SETTINGS } from './answer-settings.ts';
import { measureVariants } from './measure-variants.ts';

/**
 * Measures the CPU time of a post of 1 KB over TLS, without faults. It is the time of the whole function, with scan and
 * accounts.
 */
export const costOfAPost = async (run: BenchRun): Promise<CaseReport> => {
  const connections = run.quick ? 500 : 1_000;
  const runs = await measureVariants(
    run,
    ['sdk-loop', 'fan-out', 'raw-tls'],
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
  const cost = (variant: keyof typeof runs): number => median(runs[variant].map(cpuMsOf));
  const figures: Figure[] = [
    {
      name: 'CPU per post against the SDK loop',
      value: cost('sdk-loop') / cost('fan-out'),
      unit: 'times less',
      target: 6,
      stretch: 10,
      better: 'more',
    },
    {
      name: 'CPU per post against unsigned raw TLS',
      value: cost('fan-out') / cost('raw-tls'),
      unit: 'times',
      target: 3.5,
      stretch: 2,
      better: 'less',
    },
  ];
  const rows = (['sdk-loop', 'fan-out', 'raw-tls'] as const).map((variant) => [
    NAMES[variant],
    cost(variant).toFixed(3),
    Math.round(1_000 / cost(variant)).toLocaleString('en'),
  ]);
  return {
    title: 'A post of 1 KB over TLS',
    columns: ['variant', 'CPU ms a post', 'posts a CPU-second'],
    rows,
    figures,
  };
};

const NAMES = { 'sdk-loop': 'SDK loop', 'fan-out': 'fan-out', 'raw-tls': 'unsigned raw TLS' } as const;

const cpuMsOf = ({ cpuMs, counts }: VariantRun): number => cpuMs / counts.posts;
