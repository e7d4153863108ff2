import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { latencyHistogram } from '../../../../packages/load/generator/latency-histogram.ts';

it('returns percentiles with an error below 1 % up to 60 seconds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60_000_000 }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(50, 90, 99, 100),
      (values, percentile) => {
        const histogram = latencyHistogram();
        for (const value of values) histogram.recordValue(value);
        const exact = values.toSorted((a, b) => a - b)[Math.ceil((percentile / 100) * values.length) - 1] ?? 0;
        expect(Math.abs(histogram.getValueAtPercentile(percentile) - exact)).toBeLessThanOrEqual(
          Math.max(1, exact * 0.01),
        );
      },
    ),
    { numRuns: 50 },
  );
});

it('records values above a minute', () => {
  const histogram = latencyHistogram();
  histogram.recordValue(600_000_000);
  expect(histogram.getValueAtPercentile(100) / 600_000_000).toBeCloseTo(1, 2);
});
