import { FakeBroadcastQueue } from '../../aws/fake-broadcast-queue.ts';
import type { Delivery } from '../../fan-out/delivery.ts';
import { openAccount } from '../../fan-out/open-account.ts';
import { Remainder } from '../../fan-out/remainder.ts';
import { systemTimekeeper } from '../../fan-out/timekeeper.ts';
import type { Broadcast } from '../../schemas/broadcast-record.ts';
import { aBroadcast } from './a-broadcast.ts';

/** A record being worked on; what is left of it goes to `queue`. */
export const aDelivery = (
  overrides: Partial<Broadcast> = {},
  { queue = new FakeBroadcastQueue(), timekeeper = systemTimekeeper } = {},
): Delivery => {
  const broadcast = aBroadcast(overrides);
  const account = openAccount({ messageId: `message-of-${broadcast.id}`, receiveCount: 1, broadcast });
  return { broadcast, account, remainder: new Remainder(broadcast, account, queue, timekeeper), tooLarge: false };
};
