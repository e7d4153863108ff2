import { expect, it } from '@jest/globals';
import { judgeGenerator } from '../../../../packages/load/report/judge-generator.ts';
import type { ReportInterval } from '../../../../packages/load/report/report.ts';
import { aReport } from '../a-report.ts';

const intervalsWith = (generator: Partial<ReportInterval['generator']>, count = 1): ReportInterval[] =>
  Array.from({ length: 5 }, (_, index) => {
    const interval = aReport().intervals[0] as ReportInterval;
    return { ...interval, generator: { ...interval.generator, ...(index < count && generator) } };
  });

it('does not report a generator with spare capacity', () => {
  expect(judgeGenerator(intervalsWith({}))).toEqual({ limited: false, findings: [] });
});

it.each([
  [{ cpu: 0.97 }, 'used up to 97 % of a core (in 1 of 5 intervals): use more --processes'],
  [{ eventLoopDelayMs: 120 }, 'event loop was up to 120 ms late'],
  [{ behindMs: 400 }, 'sent up to 400 ms behind schedule'],
])('reports %j as a limit of the generator', (generator, finding) => {
  const { limited, findings } = judgeGenerator(intervalsWith(generator));
  expect(limited).toBe(true);
  expect(findings.join()).toContain(finding);
});

it('reports a busy machine, but not as a limit of the generator', () => {
  const { limited, findings } = judgeGenerator(intervalsWith({ machineCpu: 1 }, 5));
  expect(limited).toBe(false);
  expect(findings.join()).toContain('all cores of this machine were up to 100 % busy (in 5 of 5 intervals)');
});

it('ignores a single slow interval in a long run', () => {
  const long = Array.from(
    { length: 20 },
    (_, index) => intervalsWith({ cpu: 0.97 }, index === 0 ? 1 : 0)[0] as ReportInterval,
  );
  expect(judgeGenerator(long).limited).toBe(false);
});

it('shows the value of the worst interval', () => {
  const [milder, worst] = [intervalsWith({ behindMs: 200 })[0], intervalsWith({ behindMs: 400 })[0]];
  expect(judgeGenerator([milder, worst] as ReportInterval[]).findings.join()).toContain('up to 400 ms behind');
});
