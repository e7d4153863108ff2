import { UsageError } from '../../command-line/command.ts';
import type { Report } from '../report/report.ts';
import { REPORT_METRICS, type ReportMetric, type ReportMetricName } from '../report/report-metrics.ts';
import { quantity } from '../workload/quantity.ts';

const OPERATORS = {
  '>=': (value: number, bound: number) => value >= bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '<': (value: number, bound: number) => value < bound,
} as const;

/** A condition that makes a run fail. */
export interface FailCondition {
  /** The condition as the user typed it. */
  text: string;
  isMet(report: Report): boolean;
  value(report: Report): number;
}

/**
 * Reads conditions such as `lost>0,p99>250ms`.
 * @throws {UsageError} if a condition is invalid. The message has the condition and what is expected.
 */
export const failConditions = (text: string): FailCondition[] =>
  text.split(',').map((part) => conditionOf(part.trim()));

const conditionOf = (text: string): FailCondition => {
  const [, name = '', operator = '', given = ''] = /^(\w+)\s*(>=|<=|>|<)\s*(\S+)$/.exec(text) ?? [];
  if (!Object.hasOwn(REPORT_METRICS, name)) {
    const names = Object.keys(REPORT_METRICS).join(', ');
    throw new UsageError(
      `--fail-on: expected conditions such as lost>0 or p99>250ms over ${names}, got ${JSON.stringify(text)}.`,
    );
  }
  const { unit, read }: ReportMetric = REPORT_METRICS[name as ReportMetricName];
  const bound = quantity(unit === 'ms' ? 'duration' : 'count')(given, `--fail-on ${name}`);
  const compare = OPERATORS[operator as keyof typeof OPERATORS];
  return { text, value: read, isMet: (report) => compare(read(report), bound) };
};
