import { MAX_QUEUE_DELAY_SECONDS, MAX_QUEUE_MESSAGE_BYTES } from '../../../../schemas/quotas.ts';
import type { Queue } from '../../model/application.ts';
import { checkBounds, ofType, type Resource } from '../assembly/open-resource.ts';

/** Properties that SQS's API has as attributes of the same name. Encryption is left out: a queue here is in memory. */
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

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const BOUNDS = {
  DelaySeconds: [0, MAX_QUEUE_DELAY_SECONDS],
  MaximumMessageSize: [1_024, MAX_QUEUE_MESSAGE_BYTES],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
} as const;

const FIFO_CHOICES = {
  ContentBasedDeduplication: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
} as const;
const MAX_RECEIVE_COUNT = 1_000;

const POLICIES = ['RedrivePolicy', 'RedriveAllowPolicy'] as const;

/**
 * The SQS queues of an application.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
export const readQueues = (resources: readonly Resource[]): readonly Queue[] => {
  const queues = ofType(resources, 'AWS::SQS::Queue');
  return queues.map((resource): Queue => {
    checkBounds(resource, BOUNDS);
    checkName(resource);
    checkFifo(resource);
    checkRedrive(resource, queues);
    const present = (name: string) => resource.property(name) !== undefined;
    return {
      logicalId: resource.logicalId,
      queueName: resource.arn.split(':').at(-1) ?? '',
      arn: resource.arn,
      url: resource.ref,
      attributes: {
        ...Object.fromEntries(ATTRIBUTES.filter(present).map((name) => [name, String(resource.property(name))])),
        ...Object.fromEntries(POLICIES.filter(present).map((name) => [name, JSON.stringify(resource.record(name))])),
        // SQS refuses "false": a standard queue leaves the attribute out.
        ...(isFifo(resource) && { FifoQueue: 'true' }),
      },
    };
  });
};

const isFifo = (queue: Resource): boolean => queue.flag('FifoQueue') === true;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const checkName = (queue: Resource): void => {
  const name = queue.text('QueueName');
  if (name === undefined || (isFifo(queue) ? /^[\w-]{1,75}\.fifo$/ : /^[\w-]{1,80}$/).test(name)) return;
  queue.problem(
    `AWS refuses its QueueName ${name}`,
    `Use at most 80 letters, digits, "-" and "_"${isFifo(queue) ? ', with ".fifo" at the end' : ''}`,
  );
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html */
const checkFifo = (queue: Resource): void => {
  for (const [name, choices] of Object.entries(FIFO_CHOICES)) {
    const value = queue.property(name);
    if (value === undefined || (!isFifo(queue) && String(value) === 'false')) continue;
    if (!isFifo(queue)) queue.problem(`AWS refuses its ${name} on a standard queue`, 'Leave it out, or set FifoQueue');
    else if (!(choices as readonly string[]).includes(String(value)))
      queue.problem(`AWS refuses its ${name} of ${value}`, `Make it ${choices.join(' or ')}`);
  }
  if (
    isFifo(queue) &&
    queue.property('FifoThroughputLimit') === 'perMessageGroupId' &&
    queue.property('DeduplicationScope') !== 'messageGroup'
  )
    queue.problem(
      'AWS refuses its FifoThroughputLimit of perMessageGroupId without a DeduplicationScope of messageGroup',
      'Set DeduplicationScope to messageGroup',
    );
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
const checkRedrive = (queue: Resource, queues: readonly Resource[]): void => {
  const { deadLetterTargetArn: target, maxReceiveCount } = queue.record('RedrivePolicy');
  if (target === undefined) return;
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > MAX_RECEIVE_COUNT)
    queue.problem(
      `AWS refuses its RedrivePolicy: its maxReceiveCount is ${maxReceiveCount}`,
      `Make it a whole number from 1 to ${MAX_RECEIVE_COUNT}`,
    );
  const deadLetterQueue = queues.find(({ arn }) => arn === target);
  if (!deadLetterQueue) {
    queue.problem(
      `its RedrivePolicy refers to ${target}, which is not in the application`,
      'Declare the queue in the same application',
    );
  } else if (isFifo(deadLetterQueue) !== isFifo(queue)) {
    queue.problem(
      `AWS refuses its RedrivePolicy: a FIFO queue and a standard queue cannot be each other's dead-letter queue`,
      'Make both FIFO queues or neither',
    );
  }
};
