import type { Queue } from '../application.ts';
import type { Resource } from './open-resource.ts';

/** The properties that are attributes of the same name in the API of SQS. Encryption is left out: a queue here is in memory. */
const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
] as const;

const POLICIES = ['RedrivePolicy', 'RedriveAllowPolicy'] as const;

/**
 * The SQS queues of an application.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export const readQueues = (resources: readonly Resource[]): readonly Queue[] =>
  resources
    .filter(({ type }) => type === 'AWS::SQS::Queue')
    .map((resource): Queue => {
      const present = (name: string) => resource.property(name) !== undefined;
      return {
        logicalId: resource.logicalId,
        queueName: resource.arn.split(':').at(-1) ?? '',
        arn: resource.arn,
        url: resource.ref,
        attributes: {
          ...Object.fromEntries(ATTRIBUTES.filter(present).map((name) => [name, String(resource.property(name))])),
          ...Object.fromEntries(POLICIES.filter(present).map((name) => [name, JSON.stringify(resource.record(name))])),
          // SQS knows the attribute by its presence: a queue that is told "false" is refused.
          ...(resource.flag('FifoQueue') && { FifoQueue: 'true' }),
        },
      };
    });
