import { expect, it } from '@jest/globals';
import { failConditions } from '../../../../packages/load/input/fail-conditions.ts';
import { aReport } from '../a-report.ts';

const report = aReport({ totals: { ...aReport().totals, lost: 3, errorFrames: { A: 2, B: 1 } } });
const met = (text: string): string[] =>
  failConditions(text)
    .filter((condition) => condition.isMet(report))
    .map((condition) => condition.text);

it.each([
  ['lost>0', ['lost>0']],
  ['lost>3', []],
  ['lost>=3', ['lost>=3']],
  ['deliveries<200', ['deliveries<200']],
  ['deliveries<=113', []],
  ['p99>30ms', ['p99>30ms']],
  ['p99>1s', []],
  ['errorFrames>2, p50>1s ,lost>0', ['errorFrames>2', 'lost>0']],
])('evaluates %s', (text, expected) => {
  expect(met(text)).toEqual(expected);
});

it.each(['', 'lost', 'lost=0', 'lots>0', 'toString>0', 'lost>0;p99>1s'])(
  'refuses %j and lists the known names',
  (text) => {
    expect(() => failConditions(text)).toThrow(/^--fail-on/);
  },
);
