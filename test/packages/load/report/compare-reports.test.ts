import { expect, it } from '@jest/globals';
import { compareReports } from '../../../../packages/load/report/compare-reports.ts';
import { aReport } from '../a-report.ts';

const latency = (p50: number) => ({ ...aReport().latencyMs, p50 });
const find = (label: string, before = aReport(), now = aReport()) =>
  compareReports(before, now).find((metric) => metric.label === label);

it('shows both values of a figure that is not zero in both runs', () => {
  expect(find('Latency p50', aReport({ latencyMs: latency(10) }), aReport({ latencyMs: latency(20) }))).toEqual({
    label: 'Latency p50',
    unit: 'ms',
    old: 10,
    new: 20,
    verdict: 'worse',
  });
  expect(find('Lost deliveries')).toBeUndefined();
});

it('ignores a change of a duration below 5 %, but no change of a loss', () => {
  expect(find('Latency p50', aReport({ latencyMs: latency(100) }), aReport({ latencyMs: latency(104) }))?.verdict).toBe(
    'same',
  );
  const lossy = aReport({ totals: { ...aReport().totals, lost: 1 } });
  expect(find('Lost deliveries', aReport(), lossy)?.verdict).toBe('worse');
  expect(find('Lost deliveries', lossy, aReport())?.verdict).toBe('better');
});
