import type { ReceivedMessage } from '../engines/engine-protocol.ts';

interface RawAttribute {
  DataType?: string;
  StringValue?: string;
  BinaryValue?: string;
}

const messageAttributesOf = (attributes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(attributes as Record<string, RawAttribute>).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );

/**
 * The event of a batch, field by field as Lambda's.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export const sqsEvent = (queueArn: string, messages: readonly ReceivedMessage[]) => ({
  Records: messages.map(({ messageId, receiptHandle, body, attributes, messageAttributes, ...digests }) => ({
    ...{ messageId, receiptHandle, body, attributes },
    messageAttributes: messageAttributesOf(messageAttributes),
    ...(digests.md5OfMessageAttributes && { md5OfMessageAttributes: digests.md5OfMessageAttributes }),
    md5OfBody: digests.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  })),
});
