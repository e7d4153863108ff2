import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import type { EndedRecord } from '../../schemas/channels/ended-record.ts';
import type { DeadLetter } from '../../schemas/dead-letter.ts';

export interface SendOptions {
  /** Seconds until the record can be received, 0 to 900. Default 0. */
  delaySeconds?: number;
}

/** The queue of the fan-out, and its dead-letter queue. */
export interface BroadcastQueue {
  /** Resolves when SQS has taken the record. Escapes U+FFFE and U+FFFF, which SQS refuses. */
  send(record: BroadcastRecord | EndedRecord, options?: SendOptions): Promise<void>;
  /** Resolves when SQS has taken the letter. */
  deadLetter(letter: DeadLetter): Promise<void>;
}
