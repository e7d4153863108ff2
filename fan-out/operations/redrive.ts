import type { BroadcastQueue } from '../../aws/queue/broadcast-queue.ts';
import type { DeadLetterMessage, DeadLetters } from '../../aws/queue/dead-letters.ts';
import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';
import { type ReadDeadLetter, readDeadLetter } from './read-dead-letter.ts';

/**
 * What became of a dead letter.
 * - `sent`: it is in the broadcast queue again, and no longer among the dead.
 * - `would-be-sent`: the same, in a dry run.
 * - `left`: it stays. It is not a broadcast record, API Gateway takes no message of its size, or its reason was not asked for.
 * - `refused`: the broadcast queue did not take it; it stays.
 * - `sent-not-deleted`: it is in the broadcast queue again and still among the dead. Redriven once more, it is sent twice.
 */
export type RedriveOutcome = 'sent' | 'would-be-sent' | 'left' | 'refused' | 'sent-not-deleted';

export interface RedrivenLetter extends ReadDeadLetter {
  readonly messageId: string;
  readonly outcome: RedriveOutcome;
  readonly error?: unknown;
}

export interface RedriveOptions {
  deadLetters: DeadLetters;
  queue: Pick<BroadcastQueue, 'send'>;
  dryRun: boolean;
  /** Only letters that died of one of these. Default: of any. */
  reasons?: ReadonlySet<string>;
  /** Epoch milliseconds. */
  now: () => number;
  /** Called for each letter as soon as its outcome is known. */
  onLetter: (letter: RedrivenLetter) => void;
}

/**
 * Sends dead letters back to the broadcast queue, each once in this run. A letter is deleted only after the queue took
 * it: if we are ended in between it may be sent twice, and is never lost. What stays is visible to others again when all
 * have been seen, so that this run does not meet it twice.
 *
 * @throws what receiving throws; everything that was held has been let go by then.
 */
export const redrive = async (options: RedriveOptions): Promise<void> => {
  const held = new Map<string, DeadLetterMessage>();
  const seen = new Set<string>();
  try {
    for (;;) {
      const messages = await options.deadLetters.receive();
      const unseen = messages.filter(({ messageId }) => !seen.has(messageId));
      for (const { messageId } of messages) seen.add(messageId);
      for (const message of messages) held.set(message.messageId, message);
      if (unseen.length === 0) return;
      for (const message of unseen) {
        const letter = await redriveLetter(message, options);
        if (letter.outcome === 'sent') held.delete(message.messageId);
        options.onLetter(letter);
      }
    }
  } finally {
    for (const message of held.values()) await options.deadLetters.release(message).catch(() => {}); // its hold ends by itself
  }
};

const redriveLetter = async (
  message: DeadLetterMessage,
  { deadLetters, queue, dryRun, reasons, now }: RedriveOptions,
): Promise<RedrivenLetter> => {
  const { messageId } = message;
  const letter = { ...readDeadLetter(message.body), messageId };
  const { record, reason } = letter;
  // As large as it was: API Gateway would refuse it again.
  const wanted = reason !== 'too-large' && (reasons === undefined || reasons.has(reason));
  if (record === undefined || !wanted) return { ...letter, outcome: 'left' };
  if (dryRun) return { ...letter, outcome: 'would-be-sent' };
  try {
    await queue.send(reviveRecord(record, messageId, now()));
  } catch (error) {
    return { ...letter, outcome: 'refused', error };
  }
  try {
    await deadLetters.delete(message);
  } catch (error) {
    return { ...letter, outcome: 'sent-not-deleted', error };
  }
  return { ...letter, outcome: 'sent' };
};

/**
 * The record as it is sent again: with all its attempts, and at least ten minutes to live, because whoever redrives it
 * wants it delivered. Id and order stay those of the broadcast.
 *
 * @param messageId Of the SQS message, which is a broadcast's id where its record has none.
 * @param now Epoch milliseconds.
 */
export const reviveRecord = (record: BroadcastRecord, messageId: string, now: number): BroadcastRecord => ({
  ...record,
  id: record.id ?? messageId,
  attempts: 0,
  expiresAt: Math.max(record.expiresAt ?? 0, now + BROADCAST_LIFE_MS),
});
