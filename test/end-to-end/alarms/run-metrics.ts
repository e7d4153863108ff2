import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import type { LocalEvent } from '../../../packages/local/model/local-event.ts';
import type { Datapoint, StatedAlarm } from './stated-alarm.ts';

/** What the run said, and when by its own clock. */
export interface TimedEvent {
  at: number;
  event: LocalEvent;
}

/**
 * A metric of AWS, read from what runs here: SQS's by its API and by the run's reports of its queues, Lambda's by what
 * became of the invocations. As on AWS, there is no data of a metric, a queue or a function that is not there.
 */
export const readMetric = async (
  { namespace, metricName, dimensions }: Pick<StatedAlarm, 'namespace' | 'metricName' | 'dimensions'>,
  { events, sqs, now }: { events: readonly TimedEvent[]; sqs: SQSClient; now: number },
): Promise<readonly Datapoint[]> => {
  const [[dimension, name] = [], ...others] = Object.entries(dimensions);
  if (name === undefined || others.length > 0) return [];
  switch (`${namespace} ${metricName} ${dimension}`) {
    case 'AWS/SQS ApproximateNumberOfMessagesVisible QueueName':
      return visibleMessages(sqs, name, now);
    case 'AWS/SQS ApproximateAgeOfOldestMessage QueueName':
      return events.flatMap(({ at, event }) =>
        event.type === 'queue' && event.name === name ? [{ at, value: event.oldestAgeMs / 1_000 }] : [],
      );
    case 'AWS/Lambda Errors FunctionName':
      // Dated by the start of the invocation, as Lambda does.
      return events.flatMap(({ at, event }) =>
        event.type === 'invocation' && event.functionName === name
          ? [{ at: at - event.durationMs, value: event.ok ? 0 : 1 }]
          : [],
      );
    default:
      return [];
  }
};

const visibleMessages = async (sqs: SQSClient, QueueName: string, now: number): Promise<readonly Datapoint[]> => {
  try {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const AttributeNames = ['ApproximateNumberOfMessages'] as const;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
    );
    return [{ at: now, value: Number(Attributes?.ApproximateNumberOfMessages) }];
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return [];
    throw error;
  }
};
