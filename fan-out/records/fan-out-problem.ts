import type { BroadcastAccount } from '../../schemas/broadcast-account.ts';

/**
 * A problem that does not end the fan-out.
 * - `scan`: the table refused a page. The cursor is handed over.
 * - `queue`, `dead-letter`: a queue refused a hand-over. The fan-out tries again.
 * - `unbalanced`: a bug. The counts of an account do not add up.
 */
export type FanOutProblem =
  | { kind: 'scan' | 'queue' | 'dead-letter'; error: unknown }
  | { kind: 'unbalanced'; account: BroadcastAccount };

export type OnProblem = (problem: FanOutProblem) => void;
