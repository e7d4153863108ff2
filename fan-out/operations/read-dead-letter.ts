import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import type { ChannelRecord } from '../../schemas/channels/channel-record.ts';
import { parseChannelRecord } from '../../schemas/channels/read-channel-record.ts';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../../schemas/dead-letter.ts';
import { readBroadcastRecord } from '../../schemas/read-broadcast.ts';

/** A record of the broadcast queue or of the channel queue. Only the second has a `channel`. */
export type LetterRecord = BroadcastRecord | ChannelRecord;

/** The content of a message of a dead-letter queue. */
export interface ReadDeadLetter {
  /** `unfinished`: SQS itself moved the record, because no function that received it finished it. */
  readonly reason: DeadLetterReason | 'unfinished';
  /** Epoch milliseconds; absent if SQS itself moved the record. */
  readonly diedAt?: number;
  /** Absent if the content is not a record. */
  readonly record?: LetterRecord;
}

/**
 * Reads a message of a dead-letter queue. It is either a letter of the fan-out, which wraps a record and has the
 * reason, or a bare record that SQS moved there by its redrive policy.
 */
export const readDeadLetter = (body: string): ReadDeadLetter => {
  const content = parse(body);
  if (isLetter(content)) {
    return { reason: content.reason, diedAt: content.diedAt, ...recordOf(content.record) };
  }
  return { reason: 'unfinished', ...recordOf(body) };
};

interface Letter {
  reason: DeadLetterReason;
  diedAt: number;
  record: string;
}

const isLetter = (content: unknown): content is Letter => {
  const { reason, record } = (content ?? {}) as Partial<Letter>;
  return typeof record === 'string' && typeof reason === 'string' && Object.hasOwn(DEAD_LETTER_REASONS, reason);
};

const recordOf = (text: string): Pick<ReadDeadLetter, 'record'> => {
  const record = readBroadcastRecord(text) ?? parseChannelRecord(text);
  return record ? { record } : {};
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
