import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ReceivedChannelRecord } from '../../schemas/channels/channel-record.ts';
import { readChannelRecord } from '../../schemas/channels/read-channel-record.ts';
import { provideServices } from '../provide-services.ts';
import type { AnyMiddleware, MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { ChannelBatchEvent, QueueBatchContext } from './batch-event.ts';
import { deadLetterUnreadable } from './parse-broadcasts.ts';
import { logBatches, reportFailures } from './queue-batch.ts';

/** Creates a Middy instance with all middlewares for batches of the channel queue. */
export const channelBatch = (): ChannelBatch =>
  middy()
    .use(reportFailures() as AnyMiddleware)
    .use(provideServices() as AnyMiddleware)
    .use(logBatches() as AnyMiddleware)
    .use(parseChannelRecords() as AnyMiddleware) as unknown as ChannelBatch;

export interface ChannelBatch {
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse>;
  /** @param handler Resolves to the ids of the messages that SQS must deliver again. */
  handler(handler: (event: ChannelBatchEvent, context: QueueBatchContext) => Promise<readonly string[]>): ChannelBatch;
}

type BatchRequest = Request<ChannelBatchEvent, unknown, Error, QueueBatchContext>;

/**
 * Reads each SQS record of the batch as a record of a channel. A record that cannot be read goes to the dead-letter
 * queue immediately, and the other records are not affected. If that queue refuses it, the later records of its group
 * wait with it.
 */
const parseChannelRecords = (): MiddlewareObj<ChannelBatchEvent, unknown, Error, QueueBatchContext> => {
  const parseChannelRecordsBefore = async ({ event, context }: BatchRequest): Promise<void> => {
    const { channelQueue } = context.services;
    if (!channelQueue) throw new Error('The function has no channel queue: FAN_OUT_CHANNEL_QUEUE_URL is not set');
    const read = event.Records.map((record) => ({ record, received: toChannelRecord(record) }));
    const unreadable = read.flatMap(({ record, received }) => (received ? [] : [record]));
    const refused = await deadLetterUnreadable(
      unreadable,
      (letter, record) => channelQueue.deadLetter(letter, groupOf(record)),
      context.logger,
    );
    const failed = new Set(refused);
    const blocked = new Set<string>();
    event.channelRecords = read.flatMap(({ record, received }) => {
      if (failed.has(record.messageId)) blocked.add(groupOf(record));
      else if (blocked.has(groupOf(record))) failed.add(record.messageId);
      else if (received) return [received];
      return [];
    });
    event.failed = [...failed];
  };
  return { before: parseChannelRecordsBefore };
};

const groupOf = ({ attributes }: SQSRecord): string => attributes?.MessageGroupId ?? '';

const toChannelRecord = (record: SQSRecord): ReceivedChannelRecord | undefined => {
  const { messageId, body, attributes, eventSourceARN = '' } = record;
  return readChannelRecord({
    messageId,
    body,
    receiveCount: Number(attributes?.ApproximateReceiveCount) || 1,
    receivedAt: Number(attributes?.SentTimestamp) || Date.now(),
    queueName: eventSourceARN.slice(eventSourceARN.lastIndexOf(':') + 1),
    sequenceNumber: attributes?.SequenceNumber ?? '',
    groupId: groupOf(record),
  });
};
