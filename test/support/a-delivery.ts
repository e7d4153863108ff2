import type { Delivery } from '../../fan-out/records/delivery.ts';
import { Remainder } from '../../fan-out/records/hand-over.ts';
import { Ledger } from '../../fan-out/records/ledger.ts';
import { systemTimekeeper } from '../../fan-out/time/timekeeper.ts';
import type { BroadcastAccount } from '../../schemas/broadcast-account.ts';
import type { Broadcast } from '../../schemas/broadcast-record.ts';
import { FakeBroadcastQueue } from '../../testing/fake-services.ts';
import { aBroadcast } from './a-broadcast.ts';

/** A record that is being delivered. Its remainder goes to `queue` at `answerBy` (default: in 29 seconds). */
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

/** The current account, even if its counts do not add up. */
export const accountOf = ({ ledger }: Pick<Delivery, 'ledger'>): BroadcastAccount => ledger.close(() => {});
