/**
 * The account of one record of the broadcast queue in one invocation of the fan-out. The fan-out logs it as `account`,
 * with the `message` {@link BROADCAST_ACCOUNT}. The totals of a broadcast are the sums of its accounts
 * ({@link sumAccounts}).
 *
 * The counts are numbers of connections, and `scanned + carried = delivered + stale + excluded + expired + deferred +
 * undelivered` ({@link addsUp}). Only `posts`, `unknown` and `throttled` count posts; they are not part of that sum.
 */
export interface BroadcastAccount {
  /** Id of the broadcast: the same in all its records. */
  id: string;
  /** Id of the SQS message that carried the record. */
  messageId: string;
  /** How many functions had tried the connections of the record before. */
  attempts: number;
  /** How often SQS has delivered the message, including this time. Above 1, an earlier function did not finish it. */
  receiveCount: number;
  /** Rows that the scan found. */
  scanned: number;
  /** Connections in the record, if it is a segment. */
  carried: number;
  /** Connections for which API Gateway took the message. */
  delivered: number;
  /** Stale connections: their rows are deleted. */
  stale: number;
  /** 1 if the sender, which does not receive its own message, was among them. */
  excluded: number;
  /** Connections that were not posted to because the broadcast or their row had expired. */
  expired: number;
  /** Connections that were queued again, or that stay in the record if it has `failed`. */
  deferred: number;
  /** Connections in dead letters. */
  undelivered: number;
  /** All posts. */
  posts: number;
  /** Posts without an answer: each may have been delivered and is repeated. */
  unknown: number;
  /** Posts answered 429. */
  throttled: number;
  /** Epoch milliseconds. */
  sentAt: number;
  /** Epoch milliseconds. Absent if `delivered` is 0. */
  firstDeliveredAt?: number;
  /** Epoch milliseconds. Absent if `delivered` is 0. */
  lastDeliveredAt?: number;
  /** The rest of the scan was queued or dead-lettered as a cursor. Its number of connections is not known yet. */
  scanHandedOver: boolean;
  /** Both queues refused the rest, or time ran out: SQS delivers the record again, to all its connections. */
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
 * Reads the account in a line of a log: a line as a function logs it, as `aws logs tail` prints it (after a time and a
 * stream name), or as `npm start -- --json` prints it.
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

/** The counts for connections that enter an account. */
const ENTRIES = ['scanned', 'carried'] as const;
/** The counts for how a connection ends. */
const ENDS = ['delivered', 'stale', 'excluded', 'expired', 'deferred', 'undelivered'] as const;

/** The names of all counts: first the counts of connections, then the counts of posts. */
export const COUNTS = [...ENTRIES, ...ENDS, 'posts', 'unknown', 'throttled'] as const;

export type AccountCounts = Record<(typeof COUNTS)[number], number>;

/** Checks the rule of every account: each connection that entered it ended in exactly one count. */
export const addsUp = (counts: Readonly<AccountCounts>): boolean => sumOf(counts, ENTRIES) === sumOf(counts, ENDS);

/** Sums each count of several accounts. */
export const sumCounts = (all: readonly Readonly<AccountCounts>[]): AccountCounts =>
  Object.fromEntries(
    COUNTS.map((name) => [name, all.reduce((total, counts) => total + counts[name], 0)]),
  ) as AccountCounts;

const sumOf = (counts: Readonly<AccountCounts>, names: readonly (keyof AccountCounts)[]): number =>
  names.reduce((total, name) => total + counts[name], 0);

/** The totals of a broadcast: the sums of its accounts. */
export interface BroadcastTotals extends Readonly<AccountCounts> {
  readonly records: number;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Epoch milliseconds of the first delivery. */
  readonly firstDeliveredAt: number | undefined;
  /** Epoch milliseconds of the last delivery. */
  readonly lastDeliveredAt: number | undefined;
  /** Connections that were deferred, but are not yet carried in another account. Negative if a record ran twice. */
  readonly outstanding: number;
  /** Message ids of accounts whose counts do not add up: a bug in the fan-out. */
  readonly wrong: readonly string[];
  /** Message ids of records that were received more than once, or that failed. */
  readonly repeated: readonly string[];
}

/** Sums the accounts of a broadcast. @param accounts One or more, all of the same broadcast. */
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
