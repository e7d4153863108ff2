/**
 * What one invocation of the fan-out did with one record of the broadcast queue. It is logged as `account` of a log
 * record whose `message` is {@link BROADCAST_ACCOUNT}; the totals of a broadcast are the sums over its records by `id`.
 *
 * Every count is of connections, and `scanned + carried = delivered + stale + excluded + expired + deferred +
 * undelivered`. Only `unknown`, `throttled` and `posts` count posts, beside that sum.
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
  /** The sender, where it does not receive its own message. */
  excluded: number;
  /** Not posted because the broadcast, or the row, had outlived its time. */
  expired: number;
  /** Queued again, or left in the record where `failed`. */
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
  /** Epoch milliseconds. Absent where nothing was delivered. */
  firstDeliveredAt?: number;
  /** Epoch milliseconds. Absent where nothing was delivered. */
  lastDeliveredAt?: number;
  /** The rest of the scan was queued or dead-lettered as a cursor: how many connections that is, nobody knows yet. */
  scanHandedOver: boolean;
  /** A queue refused what is left, so the record fails: SQS delivers it again, to all its connections. */
  failed: boolean;
}

/** The `message` of the log record. */
export const BROADCAST_ACCOUNT = 'Broadcast account';
