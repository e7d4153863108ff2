import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSEvent } from 'aws-lambda';
import type { Services } from '../../aws/services.ts';
import type { ReceivedBroadcast } from '../../schemas/broadcast-record.ts';

/** An SQS event, and what `parseBroadcasts` made of it. */
export interface QueueBatchEvent extends SQSEvent {
  broadcasts: readonly ReceivedBroadcast[];
  /** Ids of the messages that SQS has to deliver again because they could be neither read nor dead-lettered. */
  failed: readonly string[];
}

/** What a queue batch's handler receives beside the event: Lambda's context, and what our middlewares put there. */
export interface QueueBatchContext extends Context {
  /** By `provideServices`. */
  services: Services;
  /** By `logBatches`. */
  logger: Logger;
}
