import type { ChannelQueue } from '../../aws/channels/channel-queue.ts';
import type { BroadcastQueue } from '../../aws/queue/broadcast-queue.ts';
import type { DeadLetterMessage, DeadLetters } from '../../aws/queue/dead-letters.ts';
import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import type { ChannelRecord } from '../../schemas/channels/channel-record.ts';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';
import { type ReadDeadLetter, readDeadLetter } from './read-dead-letter.ts';

/**
 * The outcome of a dead letter.
 * - `sent`: it is back in its queue, and deleted from the dead-letter queue.
 * - `would-be-sent`: the same, in a dry run.
 * - `left`: it stays, because it is not a record of this queue, is too large for API Gateway, or has a reason that was
 *   not asked for.
 * - `refused`: it stays, because its queue did not take it.
 * - `sent-not-deleted`: it is back in its queue, but also still in the dead-letter queue. Another redrive sends it
 *   twice.
 */
export type RedriveOutcome = 'sent' | 'would-be-sent' | 'left' | 'refused' | 'sent-not-deleted';

export interface RedrivenLetter extends ReadDeadLetter {
  readonly messageId: string;
  readonly outcome: RedriveOutcome;
  readonly error?: unknown;
}

export interface RedriveOptions {
  deadLetters: DeadLetters;
  /** The queue that the dead letters came from: records of the other kind stay. */
  queue: { broadcasts: Pick<BroadcastQueue, 'send'> } | { channels: Pick<ChannelQueue, 'send'> };
  dryRun: boolean;
  /** Send only letters with one of these reasons. Default: any reason. */
  reasons?: ReadonlySet<string>;
  /** Epoch milliseconds. */
  now: () => number;
  /** Called for each letter as soon as its outcome is known. */
  onLetter: (letter: RedrivenLetter) => void;
}

/**
 * Sends dead letters back to the queue that they came from, each once in this run. A letter is deleted only after the queue took
 * it. If the process ends in between, the letter may be sent twice, but it is not lost. Letters that stay are released
 * at the end, so that this run does not receive them twice. SQS gives out ten letters of a channel until one of them is
 * deleted, so letters that stay may hide later ones of their channel.
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
  const { reason } = letter;
  const send = sendingOf(letter, queue, now());
  // The size has not changed: API Gateway would refuse it again.
  const wanted = reason !== 'too-large' && (reasons === undefined || reasons.has(reason));
  if (send === undefined || !wanted) return { ...letter, outcome: 'left' };
  if (dryRun) return { ...letter, outcome: 'would-be-sent' };
  try {
    await send();
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

/** Returns the function that sends a letter back; `undefined` if the queue does not take its record. */
const sendingOf = (
  { record, messageId }: ReadDeadLetter & { messageId: string },
  queue: RedriveOptions['queue'],
  now: number,
): (() => Promise<void>) | undefined => {
  if (record === undefined) return undefined;
  if (!('channel' in record))
    return 'broadcasts' in queue ? () => queue.broadcasts.send(reviveRecord(record, messageId, now)) : undefined;
  // An empty text cannot be posted, so it would come back.
  if (!('channels' in queue) || record.data === '') return undefined;
  return () => queue.channels.send(reviveChannelRecord(record, messageId, now));
};

/**
 * Returns the message of a channel to send again: it is published now, so that it has a whole life and its place in the
 * history. Its id stays the same.
 */
const reviveChannelRecord = (record: ChannelRecord, messageId: string, now: number): ChannelRecord => ({
  ...record,
  ...(record.look === undefined && { id: record.id ?? messageId }),
  at: now,
});

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
