import { expect, it } from '@jest/globals';
import { judgeGenerator } from '../../../../packages/load/report/judge-generator.ts';
import type { ReportInterval } from '../../../../packages/load/report/report.ts';
import { aReport } from '../a-report.ts';

const intervalsWith = (generator: Partial<ReportInterval['generator']>, count = 1): ReportInterval[] =>
  Array.from({ length: 5 }, (_, index) => {
    const interval = aReport().intervals[0] as ReportInterval;
    return { ...interval, generator: { ...interval.generator, ...(index < count && generator) } };
  });

it('says that a generator with time to spare limits nothing', () => {
  expect(judgeGenerator(intervalsWith({}))).toEqual({ limited: false, findings: [] });
});

it.each([
  [{ cpu: 0.97 }, 'used up to 97 % of a core (in 1 of 5 intervals): add --processes'],
  [{ eventLoopDelayMs: 120 }, 'event loop was up to 120 ms late'],
  [{ behindMs: 400 }, 'sent up to 400 ms behind schedule'],
])('says that %j is the generator’s limit', (generator, finding) => {
  const { limited, findings } = judgeGenerator(intervalsWith(generator));
  expect(limited).toBe(true);
  expect(findings.join()).toContain(finding);
});

it('notes a busy machine without blaming the generator', () => {
  const { limited, findings } = judgeGenerator(intervalsWith({ machineCpu: 1 }, 5));
  expect(limited).toBe(false);
  expect(findings.join()).toContain('all cores of this machine were up to 100 % busy (in 5 of 5 intervals)');
});

it('forgives a single stumble in a long run', () => {
  const long = Array.from(
    { length: 20 },
    (_, index) => intervalsWith({ cpu: 0.97 }, index === 0 ? 1 : 0)[0] as ReportInterval,
  );
  expect(judgeGenerator(long).limited).toBe(false);
});

it('names the worst interval', () => {
  const [milder, worst] = [intervalsWith({ behindMs: 200 })[0], intervalsWith({ behindMs: 400 })[0]];
  expect(judgeGenerator([milder, worst] as ReportInterval[]).findings.join()).toContain('up to 400 ms behind');
});
