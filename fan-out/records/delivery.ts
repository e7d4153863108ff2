import type { Broadcast } from '../../schemas/broadcast-record.ts';
import type { Remainder } from './hand-over.ts';
import type { Ledger } from './ledger.ts';

/** A record of the batch while this function works on it. */
export interface Delivery {
  readonly broadcast: Broadcast;
  readonly ledger: Ledger;
  readonly remainder: Remainder;
  /** The first connection for which API Gateway answered 413. */
  tooLargeFor: string | undefined;
  /** API Gateway answered 413 for two connections: it takes the message from nobody, so the rest is not posted. */
  tooLarge: boolean;
}
