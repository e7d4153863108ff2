import { expect, it } from '@jest/globals';
import { type Figure, judgeFigure, type Verdict } from '../../bench/report.ts';

it.each<[Figure['better'], number, Verdict]>([
  ['more', 2.9, 'missed'],
  ['more', 3, 'reached'],
  ['more', 4, 'stretch'],
  ['less', 4.1, 'missed'],
  ['less', 4, 'reached'],
  ['less', 3, 'stretch'],
])('judges a figure if %s is better: %d is %s', (better, value, verdict) => {
  const [target, stretch] = better === 'more' ? [3, 4] : [4, 3];
  expect(judgeFigure({ name: 'x', value, unit: 'ms', target, stretch, better })).toBe(verdict);
});
