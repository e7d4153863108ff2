import { createServices } from '../../aws/create-services.ts';
import { fanOutBatch } from '../../fan-out/fan-out-batch.ts';
import type { ReceivedBroadcast } from '../../schemas/broadcast-record.ts';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';
import type { Variant } from '../run-variant.ts';

const services = createServices();
/** Long enough for one function to do everything: the bench measures the function, not the hand-over. */
const TARGET_MS = 120_000;

/** The fan-out of the Lambda without its middlewares. */
export const fanOut: Variant = async ({ messages, postsPerSecond }) => {
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
