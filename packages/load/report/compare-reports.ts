import { REPORT_METRICS, type ReportMetric } from './report-metrics.ts';
import type { Report } from './report-schema.ts';

/** One figure of two reports. */
export interface ComparedMetric {
  label: string;
  unit: ReportMetric['unit'];
  old: number;
  new: number;
  verdict: 'better' | 'worse' | 'same';
}

/** A change of a duration below this share is noise. */
const NOISE = 0.05;

/** What changed between two runs, for every figure that either of them has. */
export const compareReports = (old: Report, current: Report): ComparedMetric[] =>
  Object.values<ReportMetric>(REPORT_METRICS)
    .map(({ label, unit, worse, read }) => {
      const values = { old: read(old), new: read(current) };
      return { label, unit, ...values, verdict: verdictOf(worse, unit, values) };
    })
    .filter((metric) => metric.old !== 0 || metric.new !== 0);

const verdictOf = (
  worse: ReportMetric['worse'],
  unit: ReportMetric['unit'],
  { old, new: current }: { old: number; new: number },
): ComparedMetric['verdict'] => {
  const change = current - old;
  if (worse === 'none' || change === 0 || (unit === 'ms' && Math.abs(change) < old * NOISE)) return 'same';
  return change > 0 === (worse === 'higher') ? 'worse' : 'better';
};
