import type { ChannelRecord } from '../../schemas/channels/channel-record.ts';
import { textOf } from '../../schemas/channels/frames.ts';
import { DEAD_LETTER_REASONS } from '../../schemas/dead-letter.ts';
import type { RedrivenLetter, RedriveOutcome } from './redrive.ts';

const OUTCOMES: Readonly<Record<RedriveOutcome, string>> = {
  sent: 'sent',
  'would-be-sent': 'would be sent',
  left: 'left',
  refused: 'NOT SENT: the queue refused it',
  'sent-not-deleted': 'sent, but NOT DELETED: another redrive sends it twice',
};

const REASONS = {
  ...DEAD_LETTER_REASONS,
  unfinished: 'no function that received it finished it, so SQS moved it there',
} as const;

/** Describes a dead letter in one line: its content, reason and outcome. Omits the data and connection ids. */
export const describeLetter = ({ messageId, outcome, reason, diedAt, record }: RedrivenLetter): string => {
  const died = diedAt === undefined ? '' : ` on ${new Date(diedAt).toISOString()}`;
  return `${OUTCOMES[outcome]}: ${describeRecord(record, messageId)}; died${died}: ${reason} (${REASONS[reason]})`;
};

const describeRecord = (record: RedrivenLetter['record'], messageId: string): string => {
  if (record === undefined) return `message ${messageId}, not a record`;
  if ('channel' in record) return describeChannelRecord(record, messageId);
  const { id = messageId, data, connections, cursor } = record;
  const portion = connections ? `${Object.keys(connections).length} connections of ` : cursor ? 'the rest of ' : '';
  return `${portion}broadcast ${id}, ${Buffer.byteLength(data)} bytes`;
};

const describeChannelRecord = ({ channel, id, data, look }: ChannelRecord, messageId: string): string =>
  look === undefined
    ? `message ${id ?? messageId} of channel ${channel}, ${Buffer.byteLength(textOf(data))} bytes`
    : `a look at the presence in channel ${channel}`;
