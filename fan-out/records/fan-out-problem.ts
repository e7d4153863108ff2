import type { BroadcastAccount } from '../../schemas/broadcast-account.ts';

/**
 * What went wrong while the fan-out went on.
 * - `scan`: the table refused a page; the cursor is handed over.
 * - `queue`, `dead-letter`: a queue refused what was handed over; it is asked again.
 * - `unbalanced`: a bug. The counts of an account do not add up.
 */
export type FanOutProblem =
  | { kind: 'scan' | 'queue' | 'dead-letter'; error: unknown }
  | { kind: 'unbalanced'; account: BroadcastAccount };

export type OnProblem = (problem: FanOutProblem) => void;
