import { isDeepStrictEqual } from 'node:util';
import { format } from '../text/format.ts';
import type { Report } from './report.ts';
import { REPORT_METRICS, type ReportMetric } from './report-metrics.ts';

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

/** A compared figure as text: old, new and the change. */
export const compareRow = ({
  label,
  unit,
  old,
  new: current,
  verdict,
}: ComparedMetric): [string, string, string, string] => {
  const shown = unit === 'ms' ? format.duration : format.number;
  const change =
    old === 0
      ? `${current > 0 ? '+' : ''}${shown(current)}`
      : `${current >= old ? '+' : ''}${Math.round((current / old - 1) * 100)} %`;
  return [label, shown(old), shown(current), `${change}${verdict === 'same' ? '' : `, ${verdict}`}`];
};

/** What two runs did differently, so that nobody takes the change of a setting for a change of the target. */
export const differingSettings = (old: Report, current: Report): string[] => {
  const of = ({ workload, target, machine }: Report): Record<string, unknown> => ({
    ...workload,
    url: target.url,
    cpu: machine.cpu,
    cpus: machine.cpus,
  });
  const [before, now] = [of(old), of(current)];
  return Object.keys(now).filter(
    (name) =>
      !(name === 'url' && old.target.local && current.target.local) && !isDeepStrictEqual(before[name], now[name]),
  );
};
