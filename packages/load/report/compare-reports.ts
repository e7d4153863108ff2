import { isDeepStrictEqual } from 'node:util';
import { format } from '../text/format.ts';
import type { Report } from './report.ts';
import { REPORT_METRICS, type ReportMetric } from './report-metrics.ts';

/** One figure in two reports. */
export interface ComparedMetric {
  label: string;
  unit: ReportMetric['unit'];
  old: number;
  new: number;
  verdict: 'better' | 'worse' | 'same';
}

/** A duration that changes by less than this share counts as the same. Our choice. */
const NOISE = 0.05;

/** Compares every figure of two runs, except figures that are zero in both. */
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

/** Formats a compared figure: label, old value, new value and change. */
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

/** Names the settings that differ between two runs: a changed figure may come from these and not from the target. */
export const differingSettings = (old: Report, current: Report): string[] => {
  const settingsOf = ({ workload, target, machine }: Report): Record<string, unknown> => ({
    ...workload,
    url: target.url,
    cpu: machine.cpu,
    cpus: machine.cpus,
  });
  const [before, now] = [settingsOf(old), settingsOf(current)];
  return Object.keys(now).filter(
    (name) =>
      !(name === 'url' && old.target.local && current.target.local) && !isDeepStrictEqual(before[name], now[name]),
  );
};
