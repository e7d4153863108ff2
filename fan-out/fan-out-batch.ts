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
  /** Most posts of this function in a second. */
  postsPerSecond: number;
  /** Epoch milliseconds when Lambda ends the function. */
  endsAt: number;
  /** How long this function posts before it hands the rest over to other functions, in milliseconds. */
  targetMs: number;
  /** Default: the system's clock and random numbers. */
  timekeeper?: Timekeeper;
  /** Called for each problem. Default: throws if the counts of an account do not add up, and ignores other problems. */
  onProblem?: OnProblem;
}

export interface FanOutResult {
  /** Ids of the messages that SQS must deliver again: both queues refused their remainder, or time ran out. */
  failed: readonly string[];
  /** One for each record of the batch. */
  accounts: readonly BroadcastAccount[];
  /** The detail of API Gateway's first 403; `undefined` if there was no 403. */
  forbidden: string | undefined;
  /** Rows of stale connections that the table did not delete. The next broadcast finds them again. */
  undeletedRows: number;
}

/**
 * Posts the broadcasts of a batch to their connections. A connection receives its messages in the order of `sentAt`.
 * The rest is handed over: untried and failed connections as segments, an unfinished scan as a cursor, and connections
 * without attempts left as dead letters. Never rejects, ends before `endsAt`, and returns accounts that add up.
 *
 * A connection may receive a message twice if a post had no answer (`unknown`), or if its record is received again:
 * Lambda killed the function, SQS delivered the record twice, or the record is in `failed`.
 */
export const fanOutBatch = async (
  received: readonly ReceivedBroadcast[],
  services: Pick<Services, 'connections' | 'queue' | 'poster' | 'channels'>,
  options: FanOutOptions,
): Promise<FanOutResult> => {
  const { connections, queue, poster } = services;
  const { postsPerSecond, endsAt, targetMs, timekeeper = systemTimekeeper, onProblem = throwIfUnbalanced } = options;
  const now = timekeeper.now();
  const time = planTime(now, endsAt, targetMs);
  const deliveries = dedupe(received).map((record) =>
    openDelivery(record, { queue, timekeeper, answerBy: time.answerBy, onProblem }),
  );
  const staleRows = new StaleRows(connections, services);
  const capacity = Math.max(1, (postsPerSecond * targetMs) / 1_000);
  const posting = new Posting({ poster, staleRows, timekeeper, postsPerSecond, capacity });

  if (endsAt - now >= LEAST_MS) {
    const { expired, carried, scans } = planBatch(deliveries, now);
    for (const delivery of expired) expire(delivery);
    const cancelStop = timekeeper.after(time.postUntil - now, () => posting.stop());
    for (const group of carried) posting.admit(group);
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

/** SQS may put a message into a batch twice. */
const dedupe = (received: readonly ReceivedBroadcast[]): ReceivedBroadcast[] => [
  ...new Map(received.map((record) => [record.messageId, record])).values(),
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

/** A segment counts its connections as expired. A scan is dead-lettered: its number of connections is unknown. */
const expire = ({ broadcast, ledger, remainder }: Delivery): void => {
  if (broadcast.connections) ledger.expired(ledger.carried);
  else remainder.addScan('expired', broadcast.cursor);
};

/**
 * Hands nothing over, because no time is left to confirm it. SQS delivers the whole record again, so an unconfirmed
 * segment would be posted twice.
 */
const leaveAll = ({ ledger }: Delivery): void => {
  ledger.leaving(ledger.carried);
  ledger.refused(ledger.carried);
};

const throwIfUnbalanced = (problem: FanOutProblem): void => {
  if (problem.kind === 'unbalanced') {
    throw new Error(`The counts of an account do not add up: ${JSON.stringify(problem.account)}`);
  }
};
