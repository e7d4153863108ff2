import type { BroadcastAccount } from '../schemas/broadcast-account.ts';
import type { Broadcast } from '../schemas/broadcast-record.ts';
import type { Remainder } from './remainder.ts';

/** A record of the batch while this function works on it. */
export interface Delivery {
  readonly broadcast: Broadcast;
  readonly account: BroadcastAccount;
  readonly remainder: Remainder;
  /** API Gateway answered 413: what is left of it is not posted. */
  tooLarge: boolean;
}
