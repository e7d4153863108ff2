import { Duration, Stack } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';
import { type BroadcastQueues, visibilityTimeout } from './broadcast-queues.ts';
import type { AlarmOptions } from './fan-out-api-props.ts';
import type { FanOutFunction } from './fan-out-function.ts';

const PERIOD = Duration.minutes(1);
/**
 * Half of a broadcast's life, so that there is time to act; more if one killed function alone would set the alarm off: the
 * queue hands out its records again after the visibility timeout, and another function works on them. It has to go off
 * before the third receive, after two of these timeouts: then the metric leaves the record out.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const maxAgeMinutes = (functionTimeout: Duration): number => {
  const retriedSeconds = visibilityTimeout(functionTimeout).toSeconds() + functionTimeout.toSeconds();
  return Math.max(BROADCAST_LIFE_MS / 2 / 60_000, Math.ceil(retriedSeconds / 60));
};
/**
 * Lambda dates an error by the start of its invocation, up to 30 seconds earlier: its minute may have been judged already.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
const ERROR_MINUTES = 3;

export interface FanOutAlarmsProps extends AlarmOptions {
  queues: BroadcastQueues;
  fanOut: FanOutFunction;
  /** Timeout of the fan-out function. */
  functionTimeout: Duration;
}

/** What tells of a loss, or of one to come. `docs/alarms.md` says what each means. */
export class FanOutAlarms extends Construct {
  /** Connections did not get a broadcast, and nothing tries again. */
  readonly deadLetters: Alarm;
  /** A broadcast waits so long that it may expire. */
  readonly oldestBroadcast: Alarm;
  /** The function was killed or threw: SQS gives it the broadcasts again. */
  readonly fanOutErrors: Alarm;

  constructor(scope: Construct, id: string, { queues, fanOut, functionTimeout, notify }: FanOutAlarmsProps) {
    super(scope, id);
    const { queue, deadLetterQueue } = queues;
    const ageMinutes = maxAgeMinutes(functionTimeout);
    const { logGroupName } = fanOut.logGroup;
    const readLog = `aws logs tail ${logGroupName} --since 15m`;
    this.deadLetters = this.#above(0, 'DeadLetters', {
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: PERIOD }),
      description: [
        'A broadcast did not reach everybody. See why with this command, mend the cause, then run it without --dry-run.',
        `npm run redrive -- --dry-run --dead-letter-queue-url ${deadLetterQueue.queueUrl} --queue-url ${queue.queueUrl}`,
      ],
    });
    this.oldestBroadcast = this.#above(ageMinutes * 60, 'OldestBroadcast', {
      metric: queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: PERIOD }),
      description: [
        `A broadcast has waited for ${ageMinutes} minutes; ${BROADCAST_LIFE_MS / 60_000} minutes after it was sent, it expires. See in the log whether the fan-out function fails or is behind, then how far a broadcast got.`,
        readLog,
        `npm run explain -- BROADCAST_ID --log-group ${logGroupName}`,
      ],
    });
    this.fanOutErrors = this.#above(0, 'FanOutErrors', {
      metric: fanOut.function.metricErrors({ statistic: 'Sum', period: PERIOD }),
      description: [
        'The fan-out function was killed or threw an error; SQS gives it the broadcasts again. See why in its log.',
        readLog,
      ],
      evaluationPeriods: ERROR_MINUTES,
      datapointsToAlarm: 1,
    });
    if (notify) this.#notify(notify);
  }

  /** All of them, for an action of your own. */
  get all(): readonly Alarm[] {
    return [this.deadLetters, this.oldestBroadcast, this.fanOutErrors];
  }

  #above(threshold: number, id: string, { metric, description, evaluationPeriods = 1, ...more }: AlarmParts): Alarm {
    return metric.createAlarm(this, id, {
      alarmDescription: description.join('\n'),
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods,
      // A queue that nobody uses and a function that does not run report nothing.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...more,
    });
  }

  #notify(topic: ITopic): void {
    for (const alarm of this.all) alarm.addAlarmAction(new SnsAction(topic));
    // A topic's own policy, such as that of enforceSSL, takes the place of the one that lets CloudWatch publish.
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions }));
  }
}

interface AlarmParts {
  metric: Metric;
  /** What to do first, then each command on a line of its own. */
  description: readonly string[];
  evaluationPeriods?: number;
  datapointsToAlarm?: number;
}
