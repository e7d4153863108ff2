import type { BroadcastAccount } from '../../schemas/broadcast-account.ts';

/** The account of a record without connections. */
export const anAccount = (changes: Partial<BroadcastAccount> = {}): BroadcastAccount => ({
  id: 'b1',
  messageId: 'm1',
  attempts: 0,
  receiveCount: 1,
  scanned: 0,
  carried: 0,
  delivered: 0,
  stale: 0,
  excluded: 0,
  expired: 0,
  deferred: 0,
  undelivered: 0,
  posts: 0,
  unknown: 0,
  throttled: 0,
  sentAt: 1_000,
  scanHandedOver: false,
  failed: false,
  ...changes,
});
