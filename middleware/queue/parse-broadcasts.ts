import type { Logger } from '@aws-lambda-powertools/logger';
import type { SQSRecord } from 'aws-lambda';
import { describeError } from '../../aws/describe-error.ts';
import type { Broadcast, ReceivedBroadcast } from '../../schemas/broadcast-record.ts';
import { type ReceivedEnd, readEndedRecord } from '../../schemas/channels/ended-record.ts';
import type { DeadLetter } from '../../schemas/dead-letter.ts';
import { readBroadcast } from '../../schemas/read-broadcast.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { QueueBatchContext, QueueBatchEvent } from './batch-event.ts';

type BatchRequest = Request<QueueBatchEvent, unknown, Error, QueueBatchContext>;

/**
 * Reads each SQS record of the batch as a broadcast, and puts the broadcasts into `event.broadcasts`. It fills in
 * missing fields from the attributes of the record. A record that cannot be read, or has an unknown version, goes to
 * the dead-letter queue as `unreadable`, and the other records are not affected. If the dead-letter queue refuses it,
 * its message id is in `event.failed`.
 */
export const parseBroadcasts = (): MiddlewareObj<QueueBatchEvent, unknown, Error, QueueBatchContext> => {
  const parseBroadcastsBefore = async ({ event, context }: BatchRequest): Promise<void> => {
    const { queue, channels } = context.services;
    const broadcasts: ReceivedBroadcast[] = [];
    const ended: ReceivedEnd[] = [];
    const unreadable: SQSRecord[] = [];
    for (const record of event.Records) {
      const { messageId, attributes, body } = record;
      const broadcast = toBroadcast(record);
      const end = broadcast || !channels ? undefined : readEndedRecord(body);
      if (broadcast)
        broadcasts.push({ messageId, receiveCount: Number(attributes?.ApproximateReceiveCount) || 1, broadcast });
      else if (end) ended.push({ messageId, record: end });
      else unreadable.push(record);
    }
    event.broadcasts = broadcasts;
    event.ended = ended;
    event.failed = await deadLetterUnreadable(unreadable, (letter) => queue.deadLetter(letter), context.logger);
  };
  return { before: parseBroadcastsBefore };
};

/**
 * Sends records that cannot be read to a dead-letter queue.
 * @returns the ids of the messages that the queue refused.
 */
export const deadLetterUnreadable = async (
  records: readonly SQSRecord[],
  send: (letter: DeadLetter, record: SQSRecord) => Promise<void>,
  logger: Logger,
): Promise<readonly string[]> => {
  const results = await Promise.allSettled(
    records.map((record) => send({ v: 1, reason: 'unreadable', diedAt: Date.now(), record: record.body }, record)),
  );
  return records.flatMap(({ messageId }, index) => {
    const result = results[index];
    if (result?.status === 'fulfilled') {
      logger.error('An unreadable record was dead-lettered', { messageId });
      return [];
    }
    logger.error('The dead-letter queue refused an unreadable record', {
      messageId,
      error: describeError(result?.reason),
    });
    return [messageId];
  });
};

const toBroadcast = ({ body, messageId, attributes }: SQSRecord): Broadcast | undefined => {
  const now = Date.now();
  return readBroadcast({ messageId, body, receivedAt: Number(attributes?.SentTimestamp) || now }, now);
};
