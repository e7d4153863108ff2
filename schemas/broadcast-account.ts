/**
 * What one invocation of the fan-out did with one record of the broadcast queue. It is logged as `account` of a log
 * record whose `message` is {@link BROADCAST_ACCOUNT}; the totals of a broadcast are the sums over its records by `id`
 * ({@link sumAccounts}).
 *
 * Every count is of connections, and `scanned + carried = delivered + stale + excluded + expired + deferred +
 * undelivered` ({@link addsUp}). Only `unknown`, `throttled` and `posts` count posts, beside that sum.
 */
export interface BroadcastAccount {
  /** Of the broadcast: the same in all its records. */
  id: string;
  /** Of the SQS message that carried the record. */
  messageId: string;
  /** How many functions had worked on the record's connections before. */
  attempts: number;
  /** How often SQS had handed the message out, this time included. More than 1 means that a function did not finish. */
  receiveCount: number;
  /** Rows that the scan found. */
  scanned: number;
  /** Connections that the record brought with it. */
  carried: number;
  /** API Gateway took the message. */
  delivered: number;
  /** The connection is gone; its row is deleted. */
  stale: number;
  /** The sender, if it does not receive its own message. */
  excluded: number;
  /** Not posted because the broadcast, or the row, had outlived its time. */
  expired: number;
  /** Queued again, or left in the record if `failed`. */
  deferred: number;
  /** In the dead-letter queue, with the reason. */
  undelivered: number;
  /** Posts. */
  posts: number;
  /** Posts without an answer: each may have been delivered, and is repeated. */
  unknown: number;
  /** Posts answered 429. */
  throttled: number;
  /** Epoch milliseconds. */
  sentAt: number;
  /** Epoch milliseconds. Absent if nothing was delivered. */
  firstDeliveredAt?: number;
  /** Epoch milliseconds. Absent if nothing was delivered. */
  lastDeliveredAt?: number;
  /** The rest of the scan was queued or dead-lettered as a cursor: how many connections that is, nobody knows yet. */
  scanHandedOver: boolean;
  /** Both queues refused what is left, or there was no time: SQS delivers the record again, to all its connections. */
  failed: boolean;
}

/** The `message` of the log record. */
export const BROADCAST_ACCOUNT = 'Broadcast account';

/** An account as it was logged, with the id of the invocation. */
export interface LoggedAccount {
  readonly account: BroadcastAccount;
  readonly requestId: string | undefined;
}

/**
 * Reads the account in a line of a log: a line of our functions, such a line behind a time and a stream's name
 * (`aws logs tail`), or a line of `npm start -- --json`.
 * @returns `undefined` for any other line.
 */
export const readAccount = (line: string): LoggedAccount | undefined => {
  if (!line.includes(BROADCAST_ACCOUNT)) return undefined;
  const { line: inner, message, account, requestId } = parse(line.slice(line.indexOf('{')));
  if (inner !== undefined) return readAccount(inner);
  return message === BROADCAST_ACCOUNT && account ? { account, requestId } : undefined;
};

const parse = (text: string): Partial<LoggedAccount> & { line?: string; message?: string } => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

/** How a connection enters an account, and how it ends in it. */
const ENTRIES = ['scanned', 'carried'] as const;
const ENDS = ['delivered', 'stale', 'excluded', 'expired', 'deferred', 'undelivered'] as const;

/** The names of all counts. Those of connections come first. */
export const COUNTS = [...ENTRIES, ...ENDS, 'posts', 'unknown', 'throttled'] as const;

export type AccountCounts = Record<(typeof COUNTS)[number], number>;

/** The law of every account: each connection that entered it ended in exactly one count. */
export const addsUp = (counts: Readonly<AccountCounts>): boolean => sumOf(counts, ENTRIES) === sumOf(counts, ENDS);

/** Each count over several accounts. */
export const sumCounts = (all: readonly Readonly<AccountCounts>[]): AccountCounts =>
  Object.fromEntries(
    COUNTS.map((name) => [name, all.reduce((total, counts) => total + counts[name], 0)]),
  ) as AccountCounts;

const sumOf = (counts: Readonly<AccountCounts>, names: readonly (keyof AccountCounts)[]): number =>
  names.reduce((total, name) => total + counts[name], 0);

/** What became of a broadcast: the sums over its accounts. */
export interface BroadcastTotals extends Readonly<AccountCounts> {
  readonly records: number;
  /** Epoch milliseconds: when the broadcast was sent, first and last delivered. */
  readonly sentAt: number;
  readonly firstDeliveredAt: number | undefined;
  readonly lastDeliveredAt: number | undefined;
  /** Deferred by one function and not yet carried by another. Below zero if a record was worked on twice. */
  readonly outstanding: number;
  /** Message ids of accounts whose counts do not add up. There are none, unless we have a bug. */
  readonly wrong: readonly string[];
  /** Message ids of records that a function began and did not finish, or whose rest both queues refused. */
  readonly repeated: readonly string[];
}

/** @param accounts At least one, all of one broadcast. */
export const sumAccounts = (accounts: readonly BroadcastAccount[]): BroadcastTotals => {
  const totals = sumCounts(accounts);
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

const pick = (
  choose: (...times: number[]) => number,
  accounts: readonly BroadcastAccount[],
  name: 'firstDeliveredAt' | 'lastDeliveredAt',
): number | undefined => {
  const times = accounts.flatMap((account) => account[name] ?? []);
  return times.length === 0 ? undefined : choose(...times);
};
