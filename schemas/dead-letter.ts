/** Why something was not delivered. A reason is never renamed: `redrive` and alarms branch on it. */
export const DEAD_LETTER_REASONS = {
  unreadable: 'the record is not a broadcast record of a version this fan-out knows',
  'too-large': 'API Gateway refused the message with 413',
  slow: 'the connection kept answering 429: its client reads too slowly',
  forbidden: 'API Gateway answered 403: missing permission, wrong endpoint or wrong clock',
  failed: 'posts failed until the attempts were used up',
  connecting: 'the handshake never finished within the attempts',
  expired: 'the broadcast expired before its connections were looked up',
  refused: 'the broadcast queue refused it for half of the time that the function had left',
} as const;

export type DeadLetterReason = keyof typeof DEAD_LETTER_REASONS;

/** A message of the dead-letter queue, as the fan-out itself sends it. */
export interface DeadLetter {
  v: 1;
  reason: DeadLetterReason;
  /** Epoch milliseconds. */
  diedAt: number;
  /** The record as it should be sent again: a JSON text, or what was received if that is unreadable. */
  record: string;
}
