import { hash } from 'node:crypto';
import { MAX_QUEUE_DELAY_SECONDS } from '../../../../schemas/quotas.ts';
import { md5, md5OfAttributes } from './digests.ts';
import type { Draft, MessageAttribute } from './message.ts';
import type { QueueSettings } from './queue-settings.ts';
import type { RequestFields } from './request-fields.ts';
import { invalidValue, SqsError } from './sqs-error.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const MAX_ATTRIBUTES = 10;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)(?!.*\.$)[\w.-]{1,256}$/i;
const DATA_TYPE = /^(String|Number|Binary)(\.[\w.-]+)?$/;
/** Alphanumeric characters and punctuation. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const FIFO_ID = /^[\x21-\x7e]{1,128}$/;
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export interface ReadMessage {
  draft: Omit<Draft, 'senderId'>;
  delayMs?: number;
  systemAttributes: Readonly<Record<string, MessageAttribute>>;
}

/**
 * Reads a message to send, alone or as an entry of a batch.
 * @throws {SqsError} if SQS would refuse it.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const readMessage = (fields: RequestFields, settings: QueueSettings): ReadMessage => {
  const body = readBody(fields);
  const messageAttributes = readAttributes(fields, 'MessageAttributes');
  if (bytesOf(body, messageAttributes) > settings.maxMessageBytes)
    throw new SqsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${settings.maxMessageBytes} bytes.`,
    );
  const systemAttributes = readSystemAttributes(fields);
  const traceHeader = systemAttributes.AWSTraceHeader?.StringValue;
  const md5OfMessageAttributes = md5OfAttributes(messageAttributes);
  const delaySeconds = readDelay(fields, settings);
  return {
    draft: {
      ...{ body, md5OfBody: md5(body), messageAttributes },
      ...(md5OfMessageAttributes && { md5OfMessageAttributes }),
      ...(traceHeader && { traceHeader }),
      ...(settings.isFifo ? readFifoIds(fields, body, settings) : readStandardIds(fields)),
    },
    ...(delaySeconds !== undefined && { delayMs: delaySeconds * 1_000 }),
    systemAttributes,
  };
};

/** Bytes of a message as SQS counts them. */
export const messageBytes = (fields: RequestFields): number =>
  bytesOf(fields.text('MessageBody') ?? '', readAttributes(fields, 'MessageAttributes'));

const bytesOf = (body: string, attributes: Readonly<Record<string, MessageAttribute>>): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + Buffer.byteLength(BinaryValue, 'base64'),
    Buffer.byteLength(body),
  );

const readBody = (fields: RequestFields): string => {
  const body = fields.required('MessageBody');
  refuseForbidden(body, 'message body');
  return body;
};

const refuseForbidden = (text: string, place: string): void => {
  const [character] = FORBIDDEN.exec(text) ?? [];
  if (character === undefined) return;
  const code = `#x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
  throw new SqsError(
    'InvalidMessageContents',
    `Invalid binary character '${code}' was found in the ${place}, the set of allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`,
  );
};

const readAttributes = (fields: RequestFields, parameter: string): Readonly<Record<string, MessageAttribute>> => {
  const attributes = fields.structures(parameter);
  if (attributes.length > MAX_ATTRIBUTES)
    throw new SqsError(
      'InvalidParameterValue',
      `Number of message attributes [${attributes.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    );
  return Object.fromEntries(attributes.map(([name, attribute]) => [name, readAttribute(name, attribute)]));
};

const readAttribute = (name: string, fields: RequestFields): MessageAttribute => {
  const refuse = (reason: string): never => {
    throw new SqsError('InvalidParameterValue', `The message attribute '${name}' ${reason}.`);
  };
  if (!ATTRIBUTE_NAME.test(name)) refuse('has an invalid name: use 1 to 256 letters, digits, "_", "-" and "."');
  const DataType = fields.text('DataType') ?? '';
  if (!DATA_TYPE.test(DataType)) refuse(`has an invalid type '${DataType}': use String, Number or Binary`);
  const value = fields.text(DataType.startsWith('Binary') ? 'BinaryValue' : 'StringValue');
  if (!value) return refuse(`must contain a non-empty value of type '${DataType}'`);
  if (DataType.startsWith('Binary')) return { DataType, BinaryValue: value };
  refuseForbidden(value, `message attribute '${name}'`);
  if (DataType.startsWith('Number') && !Number.isFinite(Number(value))) refuse('must contain a number');
  return { DataType, StringValue: value };
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-message-system-attributes */
const readSystemAttributes = (fields: RequestFields): Readonly<Record<string, MessageAttribute>> => {
  const attributes = readAttributes(fields, 'MessageSystemAttributes');
  for (const [name, { DataType }] of Object.entries(attributes)) {
    if (name === 'AWSTraceHeader' && DataType === 'String') continue;
    throw new SqsError(
      'InvalidParameterValue',
      `Message system attribute name '${name}' is invalid, or its type '${DataType}' is.`,
    );
  }
  return attributes;
};

const WRONG_KIND = 'The request include parameter that is not valid for this queue type.';

const readDelay = (fields: RequestFields, { isFifo }: QueueSettings): number | undefined => {
  const seconds = fields.integer('DelaySeconds');
  if (seconds === undefined) return undefined;
  if (seconds < 0 || seconds > MAX_QUEUE_DELAY_SECONDS)
    throw invalidValue(seconds, 'DelaySeconds', `DelaySeconds must be >= 0 and <= ${MAX_QUEUE_DELAY_SECONDS}.`);
  if (!isFifo) return seconds;
  // Some SDKs send 0. It is accepted, and the queue's own delay applies.
  if (seconds > 0) throw invalidValue(seconds, 'DelaySeconds', WRONG_KIND);
  return undefined;
};

const readFifoId = (fields: RequestFields, name: string): string | undefined => {
  const id = fields.text(name);
  if (id !== undefined && !FIFO_ID.test(id))
    throw invalidValue(
      id,
      name,
      `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  return id;
};

const readFifoIds = (fields: RequestFields, body: string, { deduplicatesByContent }: QueueSettings) => {
  fields.required('MessageGroupId');
  const groupId = readFifoId(fields, 'MessageGroupId') as string;
  const given = readFifoId(fields, 'MessageDeduplicationId');
  if (given === undefined && !deduplicatesByContent)
    throw new SqsError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  return { groupId, deduplicationId: given ?? hash('sha256', body) };
};

/** On a standard queue a group id only affects fairness, which the local run does not support. */
const readStandardIds = (fields: RequestFields) => {
  const groupId = readFifoId(fields, 'MessageGroupId');
  const deduplicationId = fields.text('MessageDeduplicationId');
  if (deduplicationId !== undefined) throw invalidValue(deduplicationId, 'MessageDeduplicationId', WRONG_KIND);
  return groupId === undefined ? {} : { groupId };
};
