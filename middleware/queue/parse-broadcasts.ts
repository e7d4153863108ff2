import type { SQSRecord } from 'aws-lambda';
import { describeError } from '../../aws/describe-error.ts';
import type { Services } from '../../aws/services.ts';
import type { Broadcast } from '../../schemas/broadcast-record.ts';
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
    const read = event.Records.map((record) => ({ record, broadcast: toBroadcast(record) }));
    event.broadcasts = read.flatMap(({ record: { messageId, attributes }, broadcast }) =>
      broadcast ? [{ messageId, receiveCount: Number(attributes?.ApproximateReceiveCount) || 1, broadcast }] : [],
    );
    const unreadable = read.flatMap(({ record, broadcast }) => (broadcast ? [] : [record]));
    const results = await Promise.allSettled(unreadable.map((record) => deadLetter(record, context.services.queue)));
    const failed: string[] = [];
    for (const [index, { messageId }] of unreadable.entries()) {
      const result = results[index];
      if (result?.status === 'fulfilled') context.logger.error('An unreadable record was dead-lettered', { messageId });
      else {
        failed.push(messageId);
        context.logger.error('The dead-letter queue refused an unreadable record', {
          messageId,
          error: describeError(result?.reason),
        });
      }
    }
    event.failed = failed;
  };
  return { before: parseBroadcastsBefore };
};

const deadLetter = ({ body }: SQSRecord, queue: Services['queue']): Promise<void> =>
  queue.deadLetter({ v: 1, reason: 'unreadable', diedAt: Date.now(), record: body });

const toBroadcast = ({ body, messageId, attributes }: SQSRecord): Broadcast | undefined => {
  const now = Date.now();
  return readBroadcast({ messageId, body, receivedAt: Number(attributes?.SentTimestamp) || now }, now);
};
