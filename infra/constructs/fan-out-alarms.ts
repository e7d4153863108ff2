import { Duration, Stack } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';
import type { ChannelStore } from '../channels/channel-store.ts';
import type { HandlerFunction } from '../functions/handler-function.ts';
import { type BroadcastQueues, visibilityTimeout } from './broadcast-queues.ts';
import type { AlarmOptions } from './fan-out-api-props.ts';

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
/** Our choice: a single killed function delays the records of its channels by at most 70 seconds. */
const MAX_CHANNEL_AGE_MINUTES = 2;

export interface FanOutAlarmsProps extends AlarmOptions {
  queues: BroadcastQueues;
  fanOut: HandlerFunction;
  /** The timeout of the fan-out function. */
  functionTimeout: Duration;
  /** Default: no channels. */
  channels?: { store: ChannelStore; fanOut: HandlerFunction };
}

/** Alarms for broadcasts that were lost or may be lost. `docs/alarms.md` explains each. */
export class FanOutAlarms extends Construct {
  /** Some connections did not get a broadcast, and it is not retried. */
  readonly deadLetters: Alarm;
  /** A broadcast waits so long that it may expire. */
  readonly oldestBroadcast: Alarm;
  /** The fan-out function was killed or threw an error. SQS delivers its records again. */
  readonly fanOutErrors: Alarm;
  /** A message of a channel was lost for some subscribers or for all. Absent without channels, like the next two. */
  readonly channelDeadLetters?: Alarm;
  /** A message of a channel waits for minutes. */
  readonly oldestChannelMessage?: Alarm;
  /** The channels' fan-out function was killed or threw an error. Its channels wait until SQS delivers again. */
  readonly channelFanOutErrors?: Alarm;

  constructor(scope: Construct, id: string, { queues, fanOut, functionTimeout, channels, notify }: FanOutAlarmsProps) {
    super(scope, id);
    const { queue, deadLetterQueue } = queues;
    const ageMinutes = maxAgeMinutes(functionTimeout);
    const { logGroupName } = fanOut.logGroup;
    this.deadLetters = this.#watchLetters('DeadLetters', deadLetterQueue, [
      'A broadcast did not reach all connections. This command shows why. Fix the cause, then run it without --dry-run.',
      `npm run redrive -- --dry-run --dead-letter-queue-url ${deadLetterQueue.queueUrl} --queue-url ${queue.queueUrl}`,
    ]);
    this.oldestBroadcast = this.#watchAge('OldestBroadcast', queue, ageMinutes, [
      `A broadcast has waited for ${ageMinutes} minutes. It expires ${BROADCAST_LIFE_MS / 60_000} minutes after it was sent. The log shows whether the fan-out function fails or is behind. The second command shows how far a broadcast got.`,
      logCommand(fanOut),
      `npm run explain -- BROADCAST_ID --log-group ${logGroupName}`,
    ]);
    this.fanOutErrors = this.#watchErrors('FanOutErrors', fanOut, [
      'The fan-out function was killed or threw an error. SQS delivers its records again. Its log shows the error.',
      logCommand(fanOut),
    ]);
    if (channels) {
      const { store, fanOut: channelFanOut } = channels;
      this.channelDeadLetters = this.#watchLetters('ChannelDeadLetters', store.deadLetterQueue, [
        'A message of a channel did not reach its subscribers, or a record was not a message. The first command shows why, the second the errors of the function. Fix the cause, then run the first without --dry-run.',
        `npm run redrive -- --dry-run --dead-letter-queue-url ${store.deadLetterQueue.queueUrl} --queue-url ${store.queue.queueUrl}`,
        logCommand(channelFanOut),
      ]);
      this.oldestChannelMessage = this.#watchAge('OldestChannelMessage', store.queue, MAX_CHANNEL_AGE_MINUTES, [
        `A message of a channel has waited for ${MAX_CHANNEL_AGE_MINUTES} minutes, and all later messages of its channel wait too. The log shows whether the function fails or is behind.`,
        logCommand(channelFanOut),
      ]);
      this.channelFanOutErrors = this.#watchErrors('ChannelFanOutErrors', channelFanOut, [
        'The fan-out function of channels was killed or threw an error. SQS delivers its records again. Its log shows the error.',
        logCommand(channelFanOut),
      ]);
    }
    if (notify) this.#notify(notify);
  }

  /** All alarms, for example to add an action to each. */
  get all(): readonly Alarm[] {
    const { channelDeadLetters, oldestChannelMessage, channelFanOutErrors } = this;
    const ofChannels = [channelDeadLetters, oldestChannelMessage, channelFanOutErrors];
    return [
      this.deadLetters,
      this.oldestBroadcast,
      this.fanOutErrors,
      ...ofChannels.filter((alarm) => alarm !== undefined),
    ];
  }

  #watchLetters(id: string, queue: IQueue, description: readonly string[]): Alarm {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: PERIOD });
    return this.#addAlarm(0, id, { metric, description });
  }

  #watchAge(id: string, queue: IQueue, maxMinutes: number, description: readonly string[]): Alarm {
    const metric = queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: PERIOD });
    return this.#addAlarm(maxMinutes * 60, id, { metric, description });
  }

  #watchErrors(id: string, { function: watched }: HandlerFunction, description: readonly string[]): Alarm {
    const metric = watched.metricErrors({ statistic: 'Sum', period: PERIOD });
    return this.#addAlarm(0, id, { metric, description, evaluationPeriods: ERROR_MINUTES, datapointsToAlarm: 1 });
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

const logCommand = ({ logGroup }: HandlerFunction): string => `aws logs tail ${logGroup.logGroupName} --since 15m`;

interface AlarmParts {
  metric: Metric;
  /** The first steps, then each command on its own line. */
  description: readonly string[];
  evaluationPeriods?: number;
  datapointsToAlarm?: number;
}
