import type { SQSEvent } from 'aws-lambda';
import type { ReceivedBroadcast } from '../../schemas/broadcast-record.ts';

/** An SQS event, and what `parseBroadcasts` made of it. */
export interface QueueBatchEvent extends SQSEvent {
  broadcasts: readonly ReceivedBroadcast[];
  /** Ids of the messages that SQS has to deliver again because they could be neither read nor dead-lettered. */
  failed: readonly string[];
}
