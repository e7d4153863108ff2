import { toEpochMs } from '../connections/connection-row.ts';
import { type ChannelRecord, type ReceivedChannelRecord, sourceOf } from './channel-record.ts';
import { channelRecord } from './channel-record.validator.ts';

export interface ChannelQueueMessage {
  messageId: string;
  body: string;
  receiveCount: number;
  /** Epoch milliseconds when SQS received it. */
  receivedAt: number;
  queueName: string;
  /** SQS's `SequenceNumber`, 1 to 20 digits. */
  sequenceNumber: string;
  /** SQS's `MessageGroupId`. */
  groupId: string;
}

/**
 * Reads a message of the channel queue from any sender, and fills in missing fields.
 * @returns `undefined` if the body is not a record of a known version, or its group is not its channel: then records of
 * one channel would be appended at the same time.
 */
export const readChannelRecord = (message: ChannelQueueMessage): ReceivedChannelRecord | undefined => {
  const { messageId, receiveCount, receivedAt, queueName, sequenceNumber, groupId } = message;
  const record = parseChannelRecord(message.body);
  // An empty text cannot be posted.
  if (!record || record.channel !== groupId || record.data === '') return undefined;
  const { channel, data, look, id = messageId, at, except } = record;
  return {
    messageId,
    receiveCount,
    source: sourceOf(queueName, sequenceNumber),
    channel,
    content: look === undefined ? { data, id, ...(except !== undefined && { except }) } : { look },
    // A time in the future would keep the message longer than its history.
    at: at === undefined ? receivedAt : Math.min(toEpochMs(at), receivedAt),
  };
};

/** Parses the record from text. @returns `undefined` if the text is not a record of a known version. */
export const parseChannelRecord = (text: string): ChannelRecord | undefined => {
  try {
    const record: unknown = JSON.parse(text);
    return channelRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
};
