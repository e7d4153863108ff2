import type { DeadLetterReason } from '../../schemas/dead-letter.ts';

/** Why a connection that was posted to has not received the message yet, or never will. */
export type Setback = Exclude<DeadLetterReason, 'unreadable' | 'expired' | 'refused'>;
/** Why connections are handed over. `untried`: this function did not come to them. */
export type HandOverReason = Setback | 'untried' | 'expired';

export type HandOver =
  | { to: 'queue'; attempts: number; delaySeconds: number }
  | { to: 'dead-letter'; reason: DeadLetterReason };

/** Ours: how many functions may try a connection. Their delays add up to about three minutes and a half. */
export const MAX_ATTEMPTS = 10;
/** Ours: longest delay of a segment, in seconds. */
const MAX_DELAY_SECONDS = 60;

/**
 * Decides where connections go that this function has not served. Untried connections are queued at once and keep their
 * attempts. Failed ones wait twice as long each time, with jitter. Connections still in their handshake wait without
 * jitter: a handshake ends within 30 seconds.
 * @param attempts How many functions had tried before this one.
 * @param random From 0 up to 1.
 */
export const planHandOver = (reason: HandOverReason, attempts: number, random: number): HandOver => {
  if (reason === 'untried') return { to: 'queue', attempts, delaySeconds: 0 };
  if (reason === 'too-large' || reason === 'expired' || attempts + 1 >= MAX_ATTEMPTS)
    return { to: 'dead-letter', reason };
  const ceiling = Math.min(2 ** attempts, MAX_DELAY_SECONDS);
  const delaySeconds = reason === 'connecting' ? ceiling : Math.ceil(ceiling * (0.5 + random / 2));
  return { to: 'queue', attempts: attempts + 1, delaySeconds };
};

/**
 * Where connections go if the first queue refuses them: to the dead-letter queue instead of the broadcast queue, and the
 * other way round with the last attempt and the longest delay.
 * @returns `undefined` if the record should come back instead. One that has expired repeats nothing then.
 */
export const planFallback = (handOver: HandOver): HandOver | undefined => {
  if (handOver.to === 'queue') return { to: 'dead-letter', reason: 'refused' };
  if (handOver.reason === 'expired') return undefined;
  return { to: 'queue', attempts: MAX_ATTEMPTS - 1, delaySeconds: MAX_DELAY_SECONDS };
};
