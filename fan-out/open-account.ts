import type { BroadcastAccount } from '../schemas/broadcast-account.ts';
import type { ReceivedBroadcast } from './received-broadcast.ts';

/** The account of a record of which nothing is done yet. */
export const openAccount = ({ messageId, receiveCount, broadcast }: ReceivedBroadcast): BroadcastAccount => ({
  id: broadcast.id,
  messageId,
  attempts: broadcast.attempts,
  receiveCount,
  scanned: 0,
  carried: Object.keys(broadcast.connections ?? {}).length,
  delivered: 0,
  stale: 0,
  excluded: 0,
  expired: 0,
  deferred: 0,
  undelivered: 0,
  posts: 0,
  unknown: 0,
  throttled: 0,
  sentAt: broadcast.sentAt,
  scanHandedOver: false,
  failed: false,
});
