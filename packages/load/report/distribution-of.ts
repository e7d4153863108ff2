import type { LatencyHistogram } from '../generator/latency-histogram.ts';
import type { Distribution } from './report-schema.ts';

/** The percentiles of a histogram of microseconds, in milliseconds. All zero where it is empty. */
export const distributionOf = (histogram: LatencyHistogram): Distribution => {
  const at = (percentile: number): number =>
    histogram.totalCount ? histogram.getValueAtPercentile(percentile) / 1_000 : 0;
  return {
    count: histogram.totalCount,
    mean: histogram.totalCount ? Math.round(histogram.mean) / 1_000 : 0,
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: at(100),
  };
};
