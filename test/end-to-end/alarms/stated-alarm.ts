import { givenValues } from '../../../packages/local/template/assembly/given-values.ts';
import { openStack } from '../../../packages/local/template/assembly/open-stack.ts';
import { readAssembly } from '../../../packages/local/template/assembly/read-assembly.ts';

/** A metric alarm as a template declares it, with its references resolved. */
export interface StatedAlarm {
  logicalId: string;
  namespace: string;
  metricName: string;
  dimensions: Readonly<Record<string, string>>;
  statistic: string;
  periodMs: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  threshold: number;
  comparisonOperator: string;
  treatMissingData: string;
}

export interface Datapoint {
  /** Epoch milliseconds. */
  at: number;
  value: number;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** The alarms of an application, with the names that its resources have in the local run. */
export const readAlarms = (cdkOut: string): readonly StatedAlarm[] => {
  const nowhere = (): never => {
    throw new Error('An alarm of one stack refers to another');
  };
  const shared = { region: 'us-east-1', accountId: '123456789012', sqsUrl: 'http://127.0.0.1', parameters: {} };
  const opened = readAssembly(cdkOut).map((stack) =>
    openStack({
      stack,
      ...shared,
      values: givenValues(),
      importValue: nowhere,
      stackOutput: nowhere,
      reading: { path: [] },
    }),
  );
  return opened
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
    .map((alarm): StatedAlarm => {
      const evaluationPeriods = alarm.number('EvaluationPeriods') ?? Number.NaN;
      const dimensions = alarm.list('Dimensions') as readonly { Name: string; Value: string }[];
      const stated = {
        logicalId: alarm.logicalId,
        namespace: alarm.text('Namespace') ?? '',
        metricName: alarm.text('MetricName') ?? '',
        dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
        statistic: alarm.text('Statistic') ?? '',
        periodMs: (alarm.number('Period') ?? Number.NaN) * 1_000,
        evaluationPeriods,
        datapointsToAlarm: alarm.number('DatapointsToAlarm') ?? evaluationPeriods,
        threshold: alarm.number('Threshold') ?? Number.NaN,
        comparisonOperator: alarm.text('ComparisonOperator') ?? '',
        treatMissingData: alarm.text('TreatMissingData') ?? 'missing',
      };
      if (alarm.problems.length > 0) throw new Error(JSON.stringify(alarm.problems));
      return stated;
    });
};

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
};

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Whether a period without data counts as beyond the threshold. */
const MISSING: Readonly<Record<string, boolean | undefined>> = {
  notBreaching: false,
  breaching: true,
  missing: undefined,
};

const lookUp = <T>(name: string, table: Readonly<Record<string, T>>): T => {
  if (!Object.hasOwn(table, name)) throw new Error(`"${name}" is unknown. Known are: ${Object.keys(table).join(', ')}`);
  return table[name] as T;
};

/**
 * Evaluates the periods up to `now` as CloudWatch does: it is an alarm if enough of them are beyond the threshold. The
 * last period ends now, not at a full minute.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export const evaluateAlarm = (alarm: StatedAlarm, datapoints: readonly Datapoint[], now: number): AlarmState => {
  const statistic = lookUp(alarm.statistic, STATISTICS);
  const isBeyond = lookUp(alarm.comparisonOperator, COMPARISONS);
  const missingIsBeyond = lookUp(alarm.treatMissingData, MISSING);
  const periods = Array.from({ length: alarm.evaluationPeriods }, (_, index) => {
    const endsAt = now - index * alarm.periodMs;
    const values = datapoints
      .filter(({ at }) => at > endsAt - alarm.periodMs && at <= endsAt)
      .map(({ value }) => value);
    return values.length > 0 ? isBeyond(statistic(values), alarm.threshold) : missingIsBeyond;
  });
  if (periods.every((beyond) => beyond === undefined)) return 'INSUFFICIENT_DATA';
  return periods.filter((beyond) => beyond === true).length >= alarm.datapointsToAlarm ? 'ALARM' : 'OK';
};
