import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSEvent } from 'aws-lambda';
import type { Services } from '../../aws/services.ts';
import type { ReceivedBroadcast } from '../../schemas/broadcast-record.ts';
import type { ReceivedChannelRecord } from '../../schemas/channels/channel-record.ts';
import type { ReceivedEnd } from '../../schemas/channels/ended-record.ts';

/** An SQS event with the fields that `parseBroadcasts` adds. */
export interface QueueBatchEvent extends SQSEvent {
  broadcasts: readonly ReceivedBroadcast[];
  /** Connections whose subscriptions must be removed. Only in an application with channels. */
  ended: readonly ReceivedEnd[];
  /** Ids of messages that could not be read or dead-lettered: SQS must deliver them again. */
  failed: readonly string[];
}

/** An SQS event of the channel queue with the fields that `parseChannelRecords` adds. */
export interface ChannelBatchEvent extends SQSEvent {
  channelRecords: readonly ReceivedChannelRecord[];
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
