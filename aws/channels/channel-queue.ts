import type { ChannelRecord } from '../../schemas/channels/channel-record.ts';
import type { DeadLetter } from '../../schemas/dead-letter.ts';

/** The queue of messages for channels: first in, first out for each channel. */
export interface ChannelQueue {
  /**
   * Resolves when SQS has taken the record. The channel is its message group.
   * @param deduplicationId SQS takes the same id once in five minutes, for each channel. Default: a random id.
   */
  send(record: ChannelRecord, deduplicationId?: string): Promise<void>;
  /** Sends a letter to the dead-letter queue of the channel queue. Resolves when SQS has taken it. */
  deadLetter(letter: DeadLetter, group: string): Promise<void>;
}
