import type { DeadLetterReason } from '../schemas/dead-letter.ts';

/** Why a connection that was posted to has not received the message yet, or never will. */
export type Setback = Exclude<DeadLetterReason, 'unreadable'>;
/** Why a connection is handed over. `untried`: this function did not come to it. */
export type HandOverReason = Setback | 'untried';

export type HandOver =
  | { to: 'queue'; attempts: number; delaySeconds: number }
  | { to: 'dead-letter'; reason: DeadLetterReason };

/** Ours: how many functions may try a connection. Their delays add up to about three minutes and a half. */
export const MAX_ATTEMPTS = 10;
/** Ours: longest delay of a segment, in seconds. */
const MAX_DELAY_SECONDS = 60;

/**
 * Where connections go that this function has not served. Those it did not come to go to another at once, and it does
 * not count as an attempt. Those that set it back wait twice as long each time, with jitter; a handshake, which
 * takes 30 seconds at most, without.
 * @param attempts How many functions had tried before this one.
 * @param random From 0 up to 1.
 */
export const planHandOver = (reason: HandOverReason, attempts: number, random: number): HandOver => {
  if (reason === 'untried') return { to: 'queue', attempts, delaySeconds: 0 };
  if (reason === 'too-large' || attempts + 1 >= MAX_ATTEMPTS) return { to: 'dead-letter', reason };
  const ceiling = Math.min(2 ** attempts, MAX_DELAY_SECONDS);
  const delaySeconds = reason === 'connecting' ? ceiling : Math.ceil(ceiling * (0.5 + random / 2));
  return { to: 'queue', attempts: attempts + 1, delaySeconds };
};
