import { describeError } from '../../aws/describe-error.ts';
import type { BroadcastAccount } from '../../schemas/broadcast-account.ts';

/**
 * A problem that does not end the fan-out.
 * - `scan`: the table refused a page. The cursor is handed over.
 * - `queue`, `dead-letter`: a queue refused a hand-over. The fan-out tries again.
 * - `channel`: the table refused to append to a channel or to read it. SQS delivers its records again.
 * - `unbalanced`: a bug. The counts of an account do not add up.
 */
export type FanOutProblem =
  | { kind: 'scan' | 'queue' | 'dead-letter' | 'channel'; error: unknown }
  | { kind: 'unbalanced'; account: BroadcastAccount };

export type OnProblem = (problem: FanOutProblem) => void;

interface ProblemLogger {
  warn(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}

export const logProblem = (problem: FanOutProblem, logger: ProblemLogger): void => {
  if (problem.kind === 'unbalanced') logger.error(PROBLEMS.unbalanced, { account: problem.account });
  else logger.warn(PROBLEMS[problem.kind], { error: describeError(problem.error) });
};

const PROBLEMS = {
  scan: 'The connection table refused a page: the rest of the scan is handed over',
  queue: 'The broadcast queue refused the rest of a record: the function tries again',
  channel: 'A channel could not be read or written: SQS will deliver its records again',
  'dead-letter': 'The dead-letter queue refused a dead letter: the function tries again',
  unbalanced: 'The counts of an account do not add up: please report this',
} as const;
