import { md5OfAttributes } from './digests.ts';
import type { Received } from './message.ts';

/** A received message's system attributes by SQS's names. Attributes without a value are left out. */
export const systemAttributesOf = (message: Received, names: readonly string[]): Record<string, string> => {
  const attributes: Record<string, string> = {};
  const isAll = names.includes('All');
  const add = (name: string, value: string | number | undefined): void => {
    if (value !== undefined && (isAll || names.includes(name))) attributes[name] = String(value);
  };
  add('ApproximateReceiveCount', message.receiveCount);
  add('AWSTraceHeader', message.traceHeader);
  add('SentTimestamp', message.sentAtMs);
  add('SequenceNumber', message.sequenceNumber);
  add('MessageGroupId', message.groupId);
  add('SenderId', message.senderId);
  add('MessageDeduplicationId', message.deduplicationId);
  add('ApproximateFirstReceiveTimestamp', message.firstReceivedAtMs);
  add('DeadLetterQueueSourceArn', message.deadLetterQueueSourceArn);
  return attributes;
};

/**
 * A received message in the form in which SQS returns it.
 * @param names Requested system attributes.
 * @param wanted Requested message attributes, by name, by prefix (`a.*`), or all of them.
 */
export const answerOf = (message: Received, names: readonly string[], wanted: readonly string[]): object => {
  const attributes = systemAttributesOf(message, names);
  const isWanted = (name: string) =>
    wanted.some(
      (each) => each === 'All' || each === name || (each.endsWith('.*') && name.startsWith(each.slice(0, -1))),
    );
  const messageAttributes = Object.fromEntries(
    Object.entries(message.messageAttributes).filter(([name]) => wanted.includes('.*') || isWanted(name)),
  );
  const md5OfMessageAttributes = md5OfAttributes(messageAttributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(Object.keys(attributes).length > 0 && { Attributes: attributes }),
    ...(md5OfMessageAttributes && {
      MD5OfMessageAttributes: md5OfMessageAttributes,
      MessageAttributes: messageAttributes,
    }),
  };
};
