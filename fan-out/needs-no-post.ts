import type { Delivery } from './delivery.ts';

/**
 * Whether the connection is through with the message without a post: it is the sender, the broadcast has expired, or API
 * Gateway takes it from nobody. Counts it, then.
 * @param now Epoch milliseconds.
 */
export const needsNoPost = (
  { broadcast, account, remainder, tooLarge }: Delivery,
  { connectionId, connectedAt }: { connectionId: string; connectedAt: number },
  now: number,
): boolean => {
  if (broadcast.except === connectionId) account.excluded++;
  else if (broadcast.expiresAt <= now) account.expired++;
  else if (tooLarge) remainder.add('too-large', connectionId, connectedAt);
  else return false;
  return true;
};
