import { MAX_QUEUE_MESSAGE_BYTES } from '../../../../schemas/quotas.ts';
import { partitionOf } from '../../model/partition.ts';
import { entriesOf, runEach } from './batch.ts';
import { md5OfAttributes } from './digests.ts';
import type { SendOptions } from './queue.ts';
import { checkAttributes, checkRedrivePolicy, checkTogether, SETTABLE_ATTRIBUTES } from './queue-settings.ts';
import type { QueueEntry, Queues } from './queues.ts';
import { messageBytes, readMessage } from './read-message.ts';
import { answerOf } from './received-message.ts';
import type { RequestFields } from './request-fields.ts';
import { invalidValue, SqsError } from './sqs-error.ts';

export interface SqsCaller {
  senderId: string;
  traceHeader: string | undefined;
  /** `127.0.0.1:PORT`, as the caller reached it. */
  host: string;
  /** Registers a callback for the caller's disconnect. */
  onGone?: (callback: () => void) => void;
}

/** One operation of SQS: fields in, the answer out. Throws an `SqsError` to refuse. */
export type SqsOperation = (fields: RequestFields, caller: SqsCaller) => object | Promise<object>;

export interface SqsApiOptions {
  queues: Queues;
  account: () => { region: string; accountId: string };
  /** Called for each message that is sent. */
  faults?: () => Pick<SendOptions, 'faultDelayMs' | 'isDuplicated'>;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MAX_RECEIVED = 10;
const MAX_WAIT_SECONDS = 20;
const MAX_VISIBILITY_SECONDS = 43_200;
const MAX_LISTED = 1_000;

/**
 * The operations of SQS over queues in memory, by name.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
 */
export const createSqsApi = ({ queues, account, faults = () => ({}) }: SqsApiOptions): Record<string, SqsOperation> => {
  const arnOf = (name: string): string => {
    const { region, accountId } = account();
    return `arn:${partitionOf(region)}:sqs:${region}:${accountId}:${name}`;
  };

  const queueOf = (fields: RequestFields): QueueEntry => {
    const [, accountId, name] = /\/([^/]+)\/([^/]+)$/.exec(fields.required('QueueUrl')) ?? [];
    const entry = accountId === account().accountId ? queues.find(arnOf(name ?? '')) : undefined;
    return entry ?? queueDoesNotExist();
  };

  const send = (fields: RequestFields, { queue }: QueueEntry, { senderId, traceHeader }: SqsCaller) => {
    const { draft, delayMs, systemAttributes } = readMessage(fields, queue.settings);
    const sent = queue.send(
      { senderId, ...(traceHeader !== undefined && { traceHeader }), ...draft },
      { ...(delayMs !== undefined && { delayMs }), ...faults() },
    );
    const md5OfSystemAttributes = md5OfAttributes(systemAttributes);
    return {
      MessageId: sent.messageId,
      MD5OfMessageBody: draft.md5OfBody,
      ...(draft.md5OfMessageAttributes && { MD5OfMessageAttributes: draft.md5OfMessageAttributes }),
      ...(md5OfSystemAttributes && { MD5OfMessageSystemAttributes: md5OfSystemAttributes }),
      ...(sent.sequenceNumber !== undefined && { SequenceNumber: sent.sequenceNumber }),
    };
  };

  const checkPolicy = (attributes: Readonly<Record<string, string>>, isFifo: boolean) =>
    checkRedrivePolicy(attributes, isFifo, (arn) => queues.find(arn)?.queue.settings.isFifo);

  return {
    CreateQueue: (fields, { host }) => {
      const name = fields.required('QueueName');
      const attributes = fields.map('Attributes');
      const isFifo = attributes.FifoQueue === 'true';
      checkName(name, isFifo);
      checkAttributes(attributes, isFifo);
      checkTogether(attributes);
      checkPolicy(attributes, isFifo);
      const existing = queues.find(arnOf(name));
      if (existing) return { QueueUrl: sameQueue(existing, attributes).url };
      const url = `http://${host}/${account().accountId}/${name}`;
      const entry = queues.create({ name, url, arn: arnOf(name), attributes });
      for (const [key, value] of Object.entries(fields.map('tags'))) entry.tags.set(key, value);
      return { QueueUrl: url };
    },
    DeleteQueue: (fields) => {
      queues.delete(queueOf(fields));
      return {};
    },
    GetQueueUrl: (fields) => ({
      QueueUrl: (queues.find(arnOf(fields.required('QueueName'))) ?? queueDoesNotExist()).url,
    }),
    ListQueues: (fields) => {
      const prefix = fields.text('QueueNamePrefix') ?? '';
      const most = fields.integer('MaxResults');
      if (most !== undefined) checkRange(most, 'MaxResults', 1, MAX_LISTED, `Must be between 1 and ${MAX_LISTED}.`);
      const matching = queues.all().filter(({ name }) => name.startsWith(prefix));
      const start = Number(fields.text('NextToken') ?? 0);
      const end = start + (most ?? MAX_LISTED);
      return {
        QueueUrls: matching.slice(start, end).map(({ url }) => url),
        ...(most !== undefined && end < matching.length && { NextToken: String(end) }),
      };
    },
    GetQueueAttributes: (fields) => ({ Attributes: attributesOf(queueOf(fields), fields.texts('AttributeNames')) }),
    SetQueueAttributes: (fields) => {
      const entry = queueOf(fields);
      const given = fields.map('Attributes');
      const { isFifo } = entry.queue.settings;
      if (given.FifoQueue !== undefined && !isFifo)
        throw new SqsError('InvalidAttributeValue', 'Invalid value for the parameter FifoQueue.');
      checkAttributes(given, isFifo);
      checkTogether({ ...entry.attributes, ...given });
      checkPolicy(given, isFifo);
      queues.setAttributes(entry, { ...entry.attributes, ...given });
      return {};
    },
    PurgeQueue: (fields) => {
      queueOf(fields).queue.purge();
      return {};
    },
    SendMessage: (fields, caller) => send(fields, queueOf(fields), caller),
    SendMessageBatch: (fields, caller) => {
      const entry = queueOf(fields);
      const entries = entriesOf(fields, 'SendMessageBatchRequestEntry');
      const bytes = entries.reduce((sum, message) => sum + messageBytes(message), 0);
      if (bytes > MAX_QUEUE_MESSAGE_BYTES)
        throw new SqsError(
          'BatchRequestTooLong',
          `Batch requests cannot be longer than ${MAX_QUEUE_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`,
        );
      return runEach(entries, (message) => send(message, entry, caller));
    },
    ReceiveMessage: async (fields, { onGone }) => {
      const { queue, polls } = queueOf(fields);
      const most = fields.integer('MaxNumberOfMessages') ?? 1;
      checkRange(most, 'MaxNumberOfMessages', 1, MAX_RECEIVED, 'Must be between 1 and 10, if provided.');
      const waitSeconds = fields.integer('WaitTimeSeconds') ?? queue.settings.waitMs / 1_000;
      checkRange(waitSeconds, 'WaitTimeSeconds', 0, MAX_WAIT_SECONDS, 'Must be >= 0 and <= 20, if provided.');
      const visibility = fields.integer('VisibilityTimeout') ?? queue.settings.visibilityMs / 1_000;
      const reason = `Must be >= 0 and <= ${MAX_VISIBILITY_SECONDS}, if provided.`;
      checkRange(visibility, 'VisibilityTimeout', 0, MAX_VISIBILITY_SECONDS, reason);
      const names = [...fields.texts('AttributeNames'), ...fields.texts('MessageSystemAttributeNames')];
      const wanted = fields.texts('MessageAttributeNames');
      const received = await polls.receive(() => queue.receive(most, visibility * 1_000), waitSeconds * 1_000, onGone);
      return received.length === 0 ? {} : { Messages: received.map((message) => answerOf(message, names, wanted)) };
    },
    DeleteMessage: (fields) => deleteMessage(fields, queueOf(fields)),
    DeleteMessageBatch: (fields) => {
      const entry = queueOf(fields);
      return runEach(entriesOf(fields, 'DeleteMessageBatchRequestEntry'), (each) => deleteMessage(each, entry));
    },
    ChangeMessageVisibility: (fields) => changeVisibility(fields, queueOf(fields)),
    ChangeMessageVisibilityBatch: (fields) => {
      const entry = queueOf(fields);
      const entries = entriesOf(fields, 'ChangeMessageVisibilityBatchRequestEntry');
      return runEach(entries, (each) => changeVisibility(each, entry));
    },
    TagQueue: (fields) => {
      const { tags } = queueOf(fields);
      for (const [key, value] of Object.entries(fields.map('Tags'))) tags.set(key, value);
      return {};
    },
    UntagQueue: (fields) => {
      const { tags } = queueOf(fields);
      for (const key of fields.texts('TagKeys')) tags.delete(key);
      return {};
    },
    ListQueueTags: (fields) => {
      const { tags } = queueOf(fields);
      return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
    },
  };
};

const queueDoesNotExist = (): never => {
  throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
};

const checkRange = (value: number, parameter: string, least: number, most: number, reason: string): void => {
  if (value < least || value > most) throw invalidValue(value, parameter, reason);
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const checkName = (name: string, isFifo: boolean): void => {
  const [pattern, text] = isFifo
    ? [
        /^[\w-]{1,75}\.fifo$/,
        'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
      ]
    : [/^[\w-]{1,80}$/, 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length'];
  if (!pattern.test(name)) throw new SqsError('InvalidParameterValue', text);
};

const sameQueue = (existing: QueueEntry, attributes: Readonly<Record<string, string>>): QueueEntry => {
  const different = Object.keys(attributes).find((name) => existing.attributes[name] !== attributes[name]);
  if (different === undefined) return existing;
  throw new SqsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${different}`,
  );
};

const COUNTED = {
  ApproximateNumberOfMessages: 'visible',
  ApproximateNumberOfMessagesDelayed: 'delayed',
  ApproximateNumberOfMessagesNotVisible: 'inFlight',
} as const;

const attributesOf = (entry: QueueEntry, names: readonly string[]): Record<string, string> => {
  const counts = entry.queue.counts();
  const known: Record<string, string> = {
    ...entry.attributes,
    QueueArn: entry.queue.arn,
    CreatedTimestamp: String(Math.floor(entry.createdAtMs / 1_000)),
    LastModifiedTimestamp: String(Math.floor(entry.modifiedAtMs / 1_000)),
    ...Object.fromEntries(Object.entries(COUNTED).map(([name, count]) => [name, String(counts[count])])),
  };
  for (const name of names) {
    if (name !== 'All' && known[name] === undefined && !SETTABLE_ATTRIBUTES.includes(name))
      throw new SqsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  }
  return Object.fromEntries(Object.entries(known).filter(([name]) => names.includes('All') || names.includes(name)));
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html */
const deleteMessage = (fields: RequestFields, { queue }: QueueEntry): object => {
  const receiptHandle = readReceiptHandle(fields);
  if (queue.delete(receiptHandle) === 'expired')
    throw invalidValue(receiptHandle, 'ReceiptHandle', 'The receipt handle has expired.');
  return {};
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
const changeVisibility = (fields: RequestFields, { queue }: QueueEntry): object => {
  const receiptHandle = readReceiptHandle(fields);
  const seconds = fields.integer('VisibilityTimeout');
  if (seconds === undefined)
    throw new SqsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  const reason = `Must be between 0 and ${MAX_VISIBILITY_SECONDS}.`;
  checkRange(seconds, 'VisibilityTimeout', 0, MAX_VISIBILITY_SECONDS, reason);
  const outcome = queue.changeVisibility(receiptHandle, seconds * 1_000);
  if (outcome === 'too-long')
    throw invalidValue(
      seconds,
      'VisibilityTimeout',
      `Total VisibilityTimeout for the message is beyond the limit [${MAX_VISIBILITY_SECONDS} seconds].`,
    );
  if (outcome === 'not-in-flight')
    throw new SqsError(
      'MessageNotInflight',
      `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  return {};
};

/** `Queue` creates UUIDs. */
const RECEIPT_HANDLE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const readReceiptHandle = (fields: RequestFields): string => {
  const receiptHandle = fields.required('ReceiptHandle');
  if (!RECEIPT_HANDLE.test(receiptHandle))
    throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
  return receiptHandle;
};
