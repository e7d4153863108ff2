import type { BroadcastAccount } from '../schemas/broadcast-account.ts';

const COUNTS = [
  'scanned',
  'carried',
  'delivered',
  'stale',
  'excluded',
  'expired',
  'deferred',
  'undelivered',
  'posts',
  'unknown',
  'throttled',
] as const satisfies (keyof BroadcastAccount)[];

/** What became of a broadcast: the sums over its accounts. */
export interface BroadcastTotals extends Readonly<Record<(typeof COUNTS)[number], number>> {
  readonly records: number;
  /** Epoch milliseconds: when the broadcast was sent, first and last delivered. */
  readonly sentAt: number;
  readonly firstDeliveredAt: number | undefined;
  readonly lastDeliveredAt: number | undefined;
  /** Deferred by one function and not yet carried by another. Below zero where a record was worked on twice. */
  readonly outstanding: number;
  /** Message ids of accounts whose counts do not add up. There are none, unless we have a bug. */
  readonly wrong: readonly string[];
  /** Message ids of records that a function began and did not finish, or that a queue refused to take the rest of. */
  readonly repeated: readonly string[];
}

/** @param accounts At least one, all of one broadcast. */
export const sumAccounts = (accounts: readonly BroadcastAccount[]): BroadcastTotals => {
  const sums = Object.fromEntries(COUNTS.map((name) => [name, sum(accounts.map((account) => account[name]))]));
  const totals = sums as Record<(typeof COUNTS)[number], number>;
  return {
    ...totals,
    records: accounts.length,
    sentAt: Math.min(...accounts.map(({ sentAt }) => sentAt)),
    firstDeliveredAt: pick(Math.min, accounts, 'firstDeliveredAt'),
    lastDeliveredAt: pick(Math.max, accounts, 'lastDeliveredAt'),
    outstanding: totals.deferred - totals.carried,
    wrong: accounts.filter((account) => !addsUp(account)).map(({ messageId }) => messageId),
    repeated: accounts
      .filter(({ receiveCount, failed }) => receiveCount > 1 || failed)
      .map(({ messageId }) => messageId),
  };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const pick = (
  choose: (...times: number[]) => number,
  accounts: readonly BroadcastAccount[],
  name: 'firstDeliveredAt' | 'lastDeliveredAt',
): number | undefined => {
  const times = accounts.flatMap((account) => account[name] ?? []);
  return times.length === 0 ? undefined : choose(...times);
};

const addsUp = ({ scanned, carried, delivered, stale, excluded, expired, deferred, undelivered }: BroadcastAccount) =>
  scanned + carried === delivered + stale + excluded + expired + deferred + undelivered;
