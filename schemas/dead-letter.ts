/** Why a message was not delivered. A reason is never renamed: `redrive` and alarms branch on it. */
export const DEAD_LETTER_REASONS = {
  'unknown-channel': 'no pattern of the application matches the channel',
  unreadable: 'the message is not a record of a version that this fan-out knows',
  'too-large': 'API Gateway refused the message with 413',
  slow: 'the connection kept answering 429: its client reads too slowly',
  forbidden: 'API Gateway answered 403: the permission is missing, or the endpoint or the clock is wrong',
  failed: 'posts failed until no attempt was left',
  connecting: 'the handshake did not finish before the last attempt',
  expired: 'the broadcast expired before its connections were scanned',
  refused: 'the broadcast queue refused it during half of the remaining time of the function',
} as const;

export type DeadLetterReason = keyof typeof DEAD_LETTER_REASONS;

/** A message of the dead-letter queue, as the fan-out itself sends it. */
export interface DeadLetter {
  v: 1;
  reason: DeadLetterReason;
  /** Epoch milliseconds. */
  diedAt: number;
  /** The record for a redrive, as JSON text. If it is unreadable, the received text. */
  record: string;
}
