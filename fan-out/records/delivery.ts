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
  /** API Gateway answered 413 for two connections, so the message is too large for all of them. */
  tooLarge: boolean;
}
