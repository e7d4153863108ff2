import type { Services } from '../aws/services.ts';
import type { BroadcastAccount } from '../schemas/broadcast-account.ts';
import type { ReceivedBroadcast } from '../schemas/broadcast-record.ts';
import { planBatch } from './plan-batch.ts';
import { Posting } from './posting/posting.ts';
import { StaleRows } from './posting/stale-rows.ts';
import type { Delivery } from './records/delivery.ts';
import type { FanOutProblem, OnProblem } from './records/fan-out-problem.ts';
import { Remainder } from './records/hand-over.ts';
import { Ledger } from './records/ledger.ts';
import { scanConnections } from './scan-connections.ts';
import { LEAST_MS, planTime } from './time/plan-time.ts';
import { systemTimekeeper, type Timekeeper, within } from './time/timekeeper.ts';

export interface FanOutOptions {
  /** Most posts a second of this function. */
  postsPerSecond: number;
  /** Epoch milliseconds when Lambda ends the function. */
  endsAt: number;
  /** How long this function posts before it hands the rest to others, in milliseconds. */
  targetMs: number;
  /** Default: the system's clock and chance. */
  timekeeper?: Timekeeper;
  /** Hears of what goes wrong. Default: throws if the counts of an account do not add up, and ignores the rest. */
  onProblem?: OnProblem;
}

export interface FanOutResult {
  /** Message ids that SQS has to deliver again: both queues refused what is left of them, or there was no time. */
  failed: readonly string[];
  /** One for each record. */
  accounts: readonly BroadcastAccount[];
  /** What API Gateway answered 403 with, if it did. */
  forbidden: string | undefined;
  /** Rows of stale connections that the table did not delete. The next broadcast finds them again. */
  undeletedRows: number;
}

/**
 * Posts the broadcasts of a batch to their connections, each connection's in the order of `sentAt`, and hands over what is
 * left: what it did not come to or what failed as segments, an unfinished scan as a cursor, what has used its attempts up
 * as dead letters. It never rejects, ends before `endsAt`, and its accounts add up.
 *
 * A message may be posted twice to a connection if a post had no answer (`unknown`), and to the connections of a record
 * that is received again: its function was killed, SQS delivered it twice, or it is among `failed`.
 */
export const fanOutBatch = async (
  received: readonly ReceivedBroadcast[],
  services: Pick<Services, 'connections' | 'queue' | 'poster'>,
  options: FanOutOptions,
): Promise<FanOutResult> => {
  const { connections, queue, poster } = services;
  const { postsPerSecond, endsAt, targetMs, timekeeper = systemTimekeeper, onProblem = throwIfUnbalanced } = options;
  const now = timekeeper.now();
  const time = planTime(now, endsAt, targetMs);
  const deliveries = dedupe(received).map((one) =>
    openDelivery(one, { queue, timekeeper, answerBy: time.answerBy, onProblem }),
  );
  const staleRows = new StaleRows(connections);
  const capacity = Math.max(1, (postsPerSecond * targetMs) / 1_000);
  const posting = new Posting({ poster, staleRows, timekeeper, postsPerSecond, capacity });

  if (endsAt - now >= LEAST_MS) {
    const { expired, carried, scans } = planBatch(deliveries, now);
    for (const delivery of expired) expire(delivery);
    const cancelStop = timekeeper.after(time.postUntil - now, () => posting.stop());
    for (const lot of carried) posting.admit(lot);
    for (const scan of scans) {
      await scanConnections(scan, { connections, posting, timekeeper, until: time.scanUntil, onProblem });
    }
    await within(posting.idle(), time.awaitPostsUntil, timekeeper);
    posting.abandon();
    cancelStop();
  } else for (const delivery of deliveries) leaveAll(delivery);
  const closing = [staleRows.close(), ...deliveries.map(({ remainder }) => remainder.close())];
  await within(Promise.all(closing), time.answerBy, timekeeper);

  const accounts = deliveries.map(({ ledger }) =>
    ledger.close((account) => onProblem({ kind: 'unbalanced', account })),
  );
  return {
    failed: accounts.filter(({ failed }) => failed).map(({ messageId }) => messageId),
    accounts,
    forbidden: posting.forbidden,
    undeletedRows: staleRows.undeleted,
  };
};

/** SQS may hand one message out twice in one batch. */
const dedupe = (received: readonly ReceivedBroadcast[]): ReceivedBroadcast[] => [
  ...new Map(received.map((one) => [one.messageId, one])).values(),
];

const openDelivery = (
  received: ReceivedBroadcast,
  tools: Pick<ConstructorParameters<typeof Remainder>[0], 'queue' | 'timekeeper' | 'answerBy' | 'onProblem'>,
): Delivery => {
  const { broadcast } = received;
  const ledger = new Ledger(received);
  const remainder = new Remainder({ broadcast, ledger, ...tools });
  return { broadcast, ledger, remainder, tooLargeFor: undefined, tooLarge: false };
};

/** The connections of a segment are counted. How many a scan would have found nobody knows: it is dead-lettered. */
const expire = ({ broadcast, ledger, remainder }: Delivery): void => {
  if (broadcast.connections) ledger.expired(ledger.carried);
  else remainder.addScan('expired', broadcast.cursor);
};

/** With no time to confirm anything nothing is begun: a record that comes back whole does not multiply. */
const leaveAll = ({ ledger }: Delivery): void => {
  ledger.leaving(ledger.carried);
  ledger.refused(ledger.carried);
};

const throwIfUnbalanced = (problem: FanOutProblem): void => {
  if (problem.kind === 'unbalanced') {
    throw new Error(`The counts of an account do not add up: ${JSON.stringify(problem.account)}`);
  }
};
