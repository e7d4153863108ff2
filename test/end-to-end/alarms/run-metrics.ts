import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import type { LocalEvent } from '../../../packages/local/model/local-event.ts';
import type { Datapoint, StatedAlarm } from './stated-alarm.ts';

/** An event of the run, with its time by the run's clock. */
export interface TimedEvent {
  at: number;
  event: LocalEvent;
}

/**
 * Reads a metric of AWS from the local run: SQS's metrics from its API and from the run's queue events, Lambda's
 * metrics from the invocation events. As on AWS, an unknown metric, queue or function has no data.
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
      // Lambda dates an error by the start of the invocation.
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
