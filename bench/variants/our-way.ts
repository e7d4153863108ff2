import { createServices } from '../../aws/create-services.ts';
import { fanOutBatch } from '../../fan-out/fan-out-batch.ts';
import type { ReceivedBroadcast } from '../../schemas/broadcast-record.ts';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';
import type { Way } from '../run-way.ts';

const services = createServices();
/** So that one function does all of it: what is measured is the function, not the hand-over. */
const TARGET_MS = 120_000;

/** The fan-out as it is in a Lambda, but for its middleware. */
export const ourWay: Way = async ({ messages, postsPerSecond }) => {
  const sentAt = Date.now();
  const received = messages.map(
    (data, index): ReceivedBroadcast => ({
      messageId: `message-${index}`,
      receiveCount: 1,
      broadcast: {
        id: `broadcast-${index}`,
        data,
        sentAt: sentAt + index,
        expiresAt: sentAt + BROADCAST_LIFE_MS,
        attempts: 0,
      },
    }),
  );
  const { failed } = await fanOutBatch(received, services, {
    postsPerSecond,
    endsAt: sentAt + 2 * TARGET_MS,
    targetMs: TARGET_MS,
  });
  if (failed.length > 0) throw new Error(`Expected no record to fail, got ${failed.length}`);
};
