import { MAX_QUEUE_DELAY_SECONDS, MAX_QUEUE_MESSAGE_BYTES } from '../../../../schemas/quotas.ts';
import { SqsError } from './sqs-error.ts';

/** A queue's attributes, parsed. */
export interface QueueSettings {
  isFifo: boolean;
  delayMs: number;
  visibilityMs: number;
  retentionMs: number;
  waitMs: number;
  maxMessageBytes: number;
  deduplicatesByContent: boolean;
  deduplicatesByGroup: boolean;
  deadLetterQueueArn?: string;
  /** Infinity if the queue has no dead-letter queue. */
  maxReceiveCount: number;
}

type Attributes = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const BOUNDS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  DelaySeconds: [0, MAX_QUEUE_DELAY_SECONDS],
  MaximumMessageSize: [1_024, MAX_QUEUE_MESSAGE_BYTES],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  ContentBasedDeduplication: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoQueue: ['true'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
  SqsManagedSseEnabled: ['true', 'false'],
};
/** Stored without a check, because they have no effect here. */
const KEPT = ['KmsMasterKeyId', 'Policy', 'RedriveAllowPolicy'];
const ONLY_FIFO = ['ContentBasedDeduplication', 'DeduplicationScope', 'FifoThroughputLimit'];

export const SETTABLE_ATTRIBUTES: readonly string[] = [
  ...Object.keys(BOUNDS),
  ...Object.keys(CHOICES),
  ...KEPT,
  'RedrivePolicy',
];

const DEFAULTS: Attributes = {
  DelaySeconds: '0',
  MaximumMessageSize: String(MAX_QUEUE_MESSAGE_BYTES),
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
  VisibilityTimeout: '30',
};
const FIFO_DEFAULTS: Attributes = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};

/** Adds SQS's defaults. An empty value removes an attribute: this is how a policy is removed from a queue. */
export const withDefaults = (attributes: Attributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...DEFAULTS, ...(attributes.FifoQueue && FIFO_DEFAULTS), ...attributes }).filter(
      ([, value]) => value !== '',
    ),
  );

export const readSettings = (given: Attributes): QueueSettings => {
  const attributes = withDefaults(given);
  const redrive = attributes.RedrivePolicy === undefined ? undefined : JSON.parse(attributes.RedrivePolicy);
  return {
    isFifo: attributes.FifoQueue === 'true',
    delayMs: Number(attributes.DelaySeconds) * 1_000,
    visibilityMs: Number(attributes.VisibilityTimeout) * 1_000,
    retentionMs: Number(attributes.MessageRetentionPeriod) * 1_000,
    waitMs: Number(attributes.ReceiveMessageWaitTimeSeconds) * 1_000,
    maxMessageBytes: Number(attributes.MaximumMessageSize),
    deduplicatesByContent: attributes.ContentBasedDeduplication === 'true',
    deduplicatesByGroup: attributes.DeduplicationScope === 'messageGroup',
    ...(redrive && { deadLetterQueueArn: redrive.deadLetterTargetArn }),
    maxReceiveCount: redrive ? Number(redrive.maxReceiveCount) : Number.POSITIVE_INFINITY,
  };
};

/**
 * @param given The attributes of a request.
 * @param isFifo Whether the queue is, or will be, a FIFO queue.
 * @throws {SqsError} if SQS would refuse one.
 */
export const checkAttributes = (given: Attributes, isFifo: boolean): void => {
  for (const [name, value] of Object.entries(given)) {
    if (!SETTABLE_ATTRIBUTES.includes(name) || (ONLY_FIFO.includes(name) && !isFifo))
      throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    const [least = 0, most = 0] = BOUNDS[name] ?? [];
    const number = Number(value);
    const isFine =
      (BOUNDS[name] === undefined || (/^\d+$/.test(value) && number >= least && number <= most)) &&
      (CHOICES[name]?.includes(value) ?? true);
    if (!isFine) throw new SqsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
  }
};

/**
 * @param attributes All attributes that the queue will have.
 * @throws {SqsError} if two of them contradict each other.
 */
export const checkTogether = ({ FifoThroughputLimit, DeduplicationScope }: Attributes): void => {
  if (FifoThroughputLimit === 'perMessageGroupId' && DeduplicationScope !== 'messageGroup')
    throw new SqsError('InvalidAttributeValue', 'Invalid value for the parameter FifoThroughputLimit.');
};

/** @throws {SqsError} if SQS would refuse the redrive policy. */
export const checkRedrivePolicy = (
  { RedrivePolicy }: Attributes,
  isFifo: boolean,
  isFifoQueue: (arn: string) => boolean | undefined,
): void => {
  if (!RedrivePolicy) return;
  const refuse = (reason: string): never => {
    throw new SqsError(
      'InvalidParameterValue',
      `Value ${RedrivePolicy} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
    );
  };
  const { deadLetterTargetArn, maxReceiveCount } = parsePolicy(RedrivePolicy) ?? refuse('Amazon SQS cannot parse it.');
  const count = Number(maxReceiveCount);
  if (!Number.isInteger(count) || count < 1 || count > 1_000) refuse('Invalid value for maxReceiveCount.');
  const isTargetFifo = isFifoQueue(String(deadLetterTargetArn)) ?? refuse('Dead letter target does not exist.');
  if (isTargetFifo !== isFifo) refuse('Dead-letter queue must be same type of queue as the source.');
};

const parsePolicy = (text: string): Record<string, unknown> | undefined => {
  try {
    const policy = JSON.parse(text);
    return typeof policy === 'object' && policy !== null ? policy : undefined;
  } catch {
    return undefined;
  }
};
