import { FakeBroadcastQueue } from '../../aws/fake-broadcast-queue.ts';
import type { Delivery } from '../../fan-out/delivery.ts';
import { Ledger } from '../../fan-out/ledger.ts';
import { Remainder } from '../../fan-out/remainder.ts';
import { systemTimekeeper } from '../../fan-out/timekeeper.ts';
import type { BroadcastAccount } from '../../schemas/broadcast-account.ts';
import type { Broadcast } from '../../schemas/broadcast-record.ts';
import { aBroadcast } from './a-broadcast.ts';

/** A record being worked on; what is left of it goes to `queue`, until `answerBy` (default: in 29 seconds). */
export const aDelivery = (
  overrides: Partial<Broadcast> = {},
  {
    queue = new FakeBroadcastQueue(),
    timekeeper = systemTimekeeper,
    answerBy = timekeeper.now() + 29_000,
    onProblem = () => {},
  }: Partial<ConstructorParameters<typeof Remainder>[0]> = {},
): Delivery => {
  const broadcast = aBroadcast(overrides);
  const ledger = new Ledger({ messageId: `message-of-${broadcast.id}`, receiveCount: 1, broadcast });
  const remainder = new Remainder({ broadcast, ledger, queue, timekeeper, answerBy, onProblem });
  return { broadcast, ledger, remainder, tooLargeFor: undefined, tooLarge: false };
};

/** The account as it stands, whether it adds up or not. */
export const accountOf = ({ ledger }: Pick<Delivery, 'ledger'>): BroadcastAccount => ledger.close(() => {});
