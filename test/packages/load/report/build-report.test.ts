import { describe, expect, it } from '@jest/globals';
import { buildReport } from '../../../../packages/load/report/build-report.ts';
import { aReport, someMeasurements } from '../a-report.ts';

const context = { local: false, fanOut: { batchSizes: { 1: 3 }, account: { delivered: 3 } } };

describe('buildReport', () => {
  it('makes a report that survives JSON unchanged', () => {
    const report = buildReport(someMeasurements(), context);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ version: 1, batchSizes: { 1: 3 }, account: { delivered: 3 } });
  });

  it('does not contain the query string', () => {
    expect(JSON.stringify(buildReport(someMeasurements(), context))).not.toContain('secret');
    expect(aReport().target.url).toBe('wss://example.com/production');
  });

  it('has totals that are the sums of the intervals', () => {
    const { intervals, totals } = aReport();
    expect(intervals.map(({ second, sent, deliveries }) => [second, sent, deliveries])).toEqual([
      [0, 2, 38],
      [1, 2, 38],
      [2, 2, 38],
    ]);
    expect(totals).toMatchObject({ sent: 6, deliveries: 114, expected: 114, received: 114, lost: 0 });
  });

  it('has percentiles in milliseconds', () => {
    const { latencyMs, lastClientMs, firstClientMs, intervals } = aReport();
    expect(latencyMs.p50 / 20).toBeCloseTo(1, 2);
    expect(latencyMs.max / 40).toBeCloseTo(1, 2);
    expect([lastClientMs.p50 / 40, firstClientMs.p50 / 10].every((ratio) => Math.abs(ratio - 1) < 0.01)).toBe(true);
    expect(intervals[1]?.lastClientMs).toEqual({ p50: 40, max: 40 });
  });

  it('counts every delivery in one bucket of the histogram', () => {
    const { histogram, latencyMs } = aReport();
    expect(histogram.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(latencyMs.count);
    for (const { fromMs, toMs } of histogram.buckets) expect(toMs / fromMs).toBeCloseTo(1.26, 2);
  });

  it('makes a valid report of a run without measurements', () => {
    const empty = {
      ...someMeasurements([]),
      ended: { reason: 'interrupted', atUs: 0, detail: 'stopped by the user' },
    } as const;
    const report = buildReport(empty, context);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ intervals: [], latencyMs: { count: 0, max: 0 }, ended: { reason: 'interrupted' } });
  });
});
