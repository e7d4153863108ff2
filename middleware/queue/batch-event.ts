import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSEvent } from 'aws-lambda';
import type { Services } from '../../aws/services.ts';
import type { ReceivedBroadcast } from '../../schemas/broadcast-record.ts';

/** An SQS event with the fields that `parseBroadcasts` adds. */
export interface QueueBatchEvent extends SQSEvent {
  broadcasts: readonly ReceivedBroadcast[];
  /** Ids of messages that could not be read or dead-lettered: SQS must deliver them again. */
  failed: readonly string[];
}

/** The context of a queue batch's handler: Lambda's context with the properties that the middlewares add. */
export interface QueueBatchContext extends Context {
  /** Added by `provideServices`. */
  services: Services;
  /** Added by `logBatches`. */
  logger: Logger;
}
