import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../../schemas/dead-letter.ts';
import { readBroadcastRecord } from '../../schemas/read-broadcast.ts';

/** A message of the dead-letter queue, read. */
export interface ReadDeadLetter {
  /** `unfinished`: SQS itself put the record there, because functions received it and none finished it. */
  readonly reason: DeadLetterReason | 'unfinished';
  /** Epoch milliseconds. Known of what the fan-out itself put there. */
  readonly diedAt?: number;
  /** What was to be delivered; absent if it is not a broadcast record. */
  readonly record?: BroadcastRecord;
}

/**
 * Reads what is in the dead-letter queue: letters of the fan-out, which wrap a record and say why it died, and bare
 * records that SQS's own redrive moved there.
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
  const record = readBroadcastRecord(text);
  return record ? { record } : {};
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
