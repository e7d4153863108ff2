import { describe, expect, it } from '@jest/globals';
import { axisOf, type Quantity } from '../../../../packages/load/report/page/axis.ts';

const labels = (quantity: Quantity, max: number, whole?: boolean): string =>
  axisOf(quantity, max, whole)
    .ticks.map(({ label }) => label)
    .join(', ');

describe('axisOf', () => {
  it.each<[Quantity, number, string]>([
    ['duration', 0, '0, 0.25 ms, 0.50 ms, 0.75 ms, 1.00 ms'],
    ['duration', 0.001, '0, 0.25 ms, 0.50 ms, 0.75 ms, 1.00 ms'],
    ['duration', 7, '0, 2 ms, 4 ms, 6 ms, 8 ms'],
    ['duration', 322, '0, 100 ms, 200 ms, 300 ms, 400 ms'],
    ['duration', 999, '0, 250 ms, 500 ms, 750 ms, 1,000 ms'],
    ['duration', 1_000, '0, 0.25 s, 0.50 s, 0.75 s, 1.00 s'],
    ['duration', 10_000, '0, 2.5 s, 5.0 s, 7.5 s, 10.0 s'],
    ['duration', 599_999, '0, 200 s, 400 s, 600 s'],
    ['duration', 600_000, '0, 2.5 min, 5.0 min, 7.5 min, 10.0 min'],
    ['duration', 10_800_000, '0, 1 h, 2 h, 3 h'],
    ['number', 0, '0, 0.25, 0.50, 0.75, 1.00'],
    ['number', 245, '0, 100, 200, 300'],
    ['number', 12_000, '0, 5,000, 10,000, 15,000'],
    ['number', 3_000_000, '0, 1 M, 2 M, 3 M'],
    ['share', 0, '0, 0.25 %, 0.50 %, 0.75 %, 1.00 %'],
    ['share', 0.97, '0, 25 %, 50 %, 75 %, 100 %'],
  ])('labels a %s of up to %d with round values in one unit', (quantity, max, expected) => {
    expect(labels(quantity, max)).toBe(expected);
  });

  it.each<[Quantity, number, string]>([
    ['number', 0, '0, 1'],
    ['number', 3, '0, 1, 2, 3'],
    ['number', 10, '0, 5, 10'],
    ['number', 50, '0, 20, 40, 60'],
    ['number', 100, '0, 25, 50, 75, 100'],
    ['duration', 10_000, '0, 5 s, 10 s'],
    ['duration', 3_600_000, '0, 20 min, 40 min, 60 min'],
  ])('labels a whole %s of up to %d with whole values', (quantity, max, expected) => {
    expect(labels(quantity, max, true)).toBe(expected);
  });

  it('has its last tick at its top, which is at least the maximum', () => {
    for (let max = 1e-3; max < 1e9; max *= 1.37) {
      for (const quantity of ['number', 'duration', 'share'] as const) {
        const { top, ticks } = axisOf(quantity, max);
        expect(ticks.at(-1)?.value).toBe(top);
        expect(top).toBeGreaterThanOrEqual(max * (1 - 1e-6));
        expect(ticks.length).toBeLessThanOrEqual(5);
      }
    }
  });
});
