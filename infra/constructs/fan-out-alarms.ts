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
 * Half of a broadcast's life, so that there is time to act. Longer if a single killed function would set the alarm off:
 * SQS delivers its records again after the visibility timeout, and another function works on them. The alarm must go
 * off before the third receive, which comes after two visibility timeouts: from then on the metric leaves the record
 * out.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const maxAgeMinutes = (functionTimeout: Duration): number => {
  const retriedSeconds = visibilityTimeout(functionTimeout).toSeconds() + functionTimeout.toSeconds();
  return Math.max(BROADCAST_LIFE_MS / 2 / 60_000, Math.ceil(retriedSeconds / 60));
};
/**
 * Lambda counts an error in the minute in which the invocation started, which may be as long ago as the function's
 * timeout. CloudWatch may have evaluated that minute before the error happened.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
const ERROR_MINUTES = 3;

export interface FanOutAlarmsProps extends AlarmOptions {
  queues: BroadcastQueues;
  fanOut: FanOutFunction;
  /** The timeout of the fan-out function. */
  functionTimeout: Duration;
}

/** Alarms for broadcasts that were lost or may be lost. `docs/alarms.md` explains each. */
export class FanOutAlarms extends Construct {
  /** Some connections did not get a broadcast, and it is not retried. */
  readonly deadLetters: Alarm;
  /** A broadcast waits so long that it may expire. */
  readonly oldestBroadcast: Alarm;
  /** The fan-out function was killed or threw an error. SQS delivers its records again. */
  readonly fanOutErrors: Alarm;

  constructor(scope: Construct, id: string, { queues, fanOut, functionTimeout, notify }: FanOutAlarmsProps) {
    super(scope, id);
    const { queue, deadLetterQueue } = queues;
    const ageMinutes = maxAgeMinutes(functionTimeout);
    const { logGroupName } = fanOut.logGroup;
    const logCommand = `aws logs tail ${logGroupName} --since 15m`;
    this.deadLetters = this.#addAlarm(0, 'DeadLetters', {
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: PERIOD }),
      description: [
        'A broadcast did not reach all connections. This command shows why. Fix the cause, then run it without --dry-run.',
        `npm run redrive -- --dry-run --dead-letter-queue-url ${deadLetterQueue.queueUrl} --queue-url ${queue.queueUrl}`,
      ],
    });
    this.oldestBroadcast = this.#addAlarm(ageMinutes * 60, 'OldestBroadcast', {
      metric: queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: PERIOD }),
      description: [
        `A broadcast has waited for ${ageMinutes} minutes. It expires ${BROADCAST_LIFE_MS / 60_000} minutes after it was sent. The log shows whether the fan-out function fails or is behind. The second command shows how far a broadcast got.`,
        logCommand,
        `npm run explain -- BROADCAST_ID --log-group ${logGroupName}`,
      ],
    });
    this.fanOutErrors = this.#addAlarm(0, 'FanOutErrors', {
      metric: fanOut.function.metricErrors({ statistic: 'Sum', period: PERIOD }),
      description: [
        'The fan-out function was killed or threw an error. SQS delivers its records again. Its log shows the error.',
        logCommand,
      ],
      evaluationPeriods: ERROR_MINUTES,
      datapointsToAlarm: 1,
    });
    if (notify) this.#notify(notify);
  }

  /** All three alarms, for example to add an action to each. */
  get all(): readonly Alarm[] {
    return [this.deadLetters, this.oldestBroadcast, this.fanOutErrors];
  }

  #addAlarm(threshold: number, id: string, { metric, description, evaluationPeriods = 1, ...more }: AlarmParts): Alarm {
    return metric.createAlarm(this, id, {
      alarmDescription: description.join('\n'),
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods,
      // A queue without messages and a function that does not run report no data.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...more,
    });
  }

  #notify(topic: ITopic): void {
    for (const alarm of this.all) alarm.addAlarmAction(new SnsAction(topic));
    // A policy for the topic, such as the policy of enforceSSL, replaces the default policy, which lets CloudWatch
    // publish.
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions }));
  }
}

interface AlarmParts {
  metric: Metric;
  /** The first steps, then each command on its own line. */
  description: readonly string[];
  evaluationPeriods?: number;
  datapointsToAlarm?: number;
}
