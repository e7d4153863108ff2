import type { Services } from '../aws/services.ts';
import type { BroadcastAccount } from '../schemas/broadcast-account.ts';
import type { Delivery } from './delivery.ts';
import { openAccount } from './open-account.ts';
import { planBatch } from './plan-batch.ts';
import { planTime } from './plan-time.ts';
import { Posting } from './posting.ts';
import type { ReceivedBroadcast } from './received-broadcast.ts';
import { Remainder } from './remainder.ts';
import { scanConnections } from './scan-connections.ts';
import { StaleRows } from './stale-rows.ts';
import { systemTimekeeper, type Timekeeper } from './timekeeper.ts';
import { within } from './within.ts';

export interface FanOutOptions {
  /** Most posts a second of this function. */
  postsPerSecond: number;
  /** Epoch milliseconds when Lambda ends the function. */
  endsAt: number;
  /** How long this function posts before it hands the rest to others, in milliseconds. */
  targetMs: number;
  /** Default: the system's clock and chance. */
  timekeeper?: Timekeeper;
}

export interface FanOutResult {
  /** Message ids that SQS has to deliver again: a queue refused what is left of them. */
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
 * A message may be posted twice to a connection where a post had no answer (`unknown`), and to the connections of a record
 * that is received again: its function was killed, SQS delivered it twice, or it is among `failed`.
 */
export const fanOutBatch = async (
  received: readonly ReceivedBroadcast[],
  services: Pick<Services, 'connections' | 'queue' | 'poster'>,
  { postsPerSecond, endsAt, targetMs, timekeeper = systemTimekeeper }: FanOutOptions,
): Promise<FanOutResult> => {
  const { connections, queue, poster } = services;
  const now = timekeeper.now();
  const time = planTime(now, endsAt, targetMs);
  const deliveries = once(received).map((one) => openDelivery(one, queue, timekeeper));
  const { carried, scans } = planBatch(deliveries, now);
  const staleRows = new StaleRows(connections);
  const capacity = Math.max(1, (postsPerSecond * targetMs) / 1_000);
  const posting = new Posting({ poster, staleRows, timekeeper, postsPerSecond, capacity });

  const cancelStop = timekeeper.after(time.postUntil - now, () => posting.stop());
  for (const lot of carried) posting.admit(lot);
  for (const scan of scans) {
    await scanConnections(scan, { connections, posting, timekeeper, until: time.scanUntil });
  }
  await within(posting.idle(), time.awaitPostsUntil, timekeeper);
  posting.abandon();
  cancelStop();
  const closing = [staleRows.close(), ...deliveries.map(({ remainder }) => remainder.close())];
  await within(Promise.all(closing), time.answerBy, timekeeper);
  for (const { remainder } of deliveries) remainder.abandon();

  const accounts = deliveries.map(({ account }) => account);
  return {
    failed: accounts.filter(({ failed }) => failed).map(({ messageId }) => messageId),
    accounts,
    forbidden: posting.forbidden,
    undeletedRows: staleRows.undeleted,
  };
};

/** SQS may hand one message out twice in one batch. */
const once = (received: readonly ReceivedBroadcast[]): ReceivedBroadcast[] => [
  ...new Map(received.map((one) => [one.messageId, one])).values(),
];

const openDelivery = (received: ReceivedBroadcast, queue: Services['queue'], timekeeper: Timekeeper): Delivery => {
  const account = openAccount(received);
  const { broadcast } = received;
  return { broadcast, account, remainder: new Remainder(broadcast, account, queue, timekeeper), tooLarge: false };
};
