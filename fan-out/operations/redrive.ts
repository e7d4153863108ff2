import type { BroadcastQueue } from '../../aws/queue/broadcast-queue.ts';
import type { DeadLetterMessage, DeadLetters } from '../../aws/queue/dead-letters.ts';
import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';
import { type ReadDeadLetter, readDeadLetter } from './read-dead-letter.ts';

/**
 * The outcome of a dead letter.
 * - `sent`: it is back in the broadcast queue, and deleted from the dead-letter queue.
 * - `would-be-sent`: the same, in a dry run.
 * - `left`: it stays, because it is not a broadcast record, is too large for API Gateway, or has a reason that was
 *   not asked for.
 * - `refused`: it stays, because the broadcast queue did not take it.
 * - `sent-not-deleted`: it is back in the broadcast queue, but also still in the dead-letter queue. Another redrive
 *   sends it twice.
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
  /** Send only letters with one of these reasons. Default: any reason. */
  reasons?: ReadonlySet<string>;
  /** Epoch milliseconds. */
  now: () => number;
  /** Called for each letter as soon as its outcome is known. */
  onLetter: (letter: RedrivenLetter) => void;
}

/**
 * Sends dead letters back to the broadcast queue, each once in this run. A letter is deleted only after the queue took
 * it. If the process ends in between, the letter may be sent twice, but it is not lost. Letters that stay are released
 * at the end, so that this run does not receive them twice.
 *
 * @throws the error of `receive`, after every held letter was released.
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
    // If the call fails, SQS releases the message later.
    for (const message of held.values()) await options.deadLetters.release(message).catch(() => {});
  }
};

const redriveLetter = async (
  message: DeadLetterMessage,
  { deadLetters, queue, dryRun, reasons, now }: RedriveOptions,
): Promise<RedrivenLetter> => {
  const { messageId } = message;
  const letter = { ...readDeadLetter(message.body), messageId };
  const { record, reason } = letter;
  // The size has not changed: API Gateway would refuse it again.
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
 * Returns the record to send again: its attempts start at 0, and it expires in ten minutes or later. The id and the
 * order of the broadcast stay the same.
 *
 * @param messageId Id of the SQS message. It becomes the id of the broadcast if the record has no id.
 * @param now Epoch milliseconds.
 */
export const reviveRecord = (record: BroadcastRecord, messageId: string, now: number): BroadcastRecord => ({
  ...record,
  id: record.id ?? messageId,
  attempts: 0,
  expiresAt: Math.max(record.expiresAt ?? 0, now + BROADCAST_LIFE_MS),
});
