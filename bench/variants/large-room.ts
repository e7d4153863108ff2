import { fanOutBatch } from '../../fan-out/fan-out-batch.ts';
import { readBroadcast } from '../../schemas/read-broadcast.ts';
import type { Variant } from '../run-variant.ts';
import { channelServices, deliver, toRecord } from './channel-fan-out.ts';

/** Two is the construct's default. */
const BROADCAST_FUNCTIONS = 2;
/** Long enough for one segment. */
const TARGET_MS = 60_000;

/**
 * Messages to one room, one after another as SQS gives them out. The segments that the channel fan-out hands over are
 * posted by two broadcast fan-outs. All three are in this process, and each has the whole rate.
 */
export const largeRoom: Variant = async ({ messages, postsPerSecond }) => {
  const segments: string[] = [];
  const workers = new Set<Promise<void>>();
  const services = channelServices();
  const postSegments = async (): Promise<void> => {
    for (let segment = segments.shift(); segment !== undefined; segment = segments.shift()) {
      const now = Date.now();
      const broadcast = readBroadcast({ messageId: 'segment', body: segment, receivedAt: now }, now);
      if (!broadcast) throw new Error('Expected a segment');
      const received = [{ messageId: 'segment', receiveCount: 1, broadcast }];
      const { failed } = await fanOutBatch(received, withQueue, {
        postsPerSecond,
        endsAt: now + 2 * TARGET_MS,
        targetMs: TARGET_MS,
      });
      if (failed.length > 0) throw new Error('Expected no segment to fail');
    }
  };
  const startWorker = (): void => {
    if (workers.size >= BROADCAST_FUNCTIONS) return;
    const worker = postSegments().finally(() => workers.delete(worker));
    workers.add(worker);
  };
  const withQueue = {
    ...services,
    queue: {
      ...services.queue,
      send: async (record: object): Promise<void> => {
        segments.push(JSON.stringify(record));
        startWorker();
      },
      deadLetter: (): Promise<void> => Promise.reject(new Error('Expected no dead letter')),
    },
  };
  for (const message of messages) await deliver([toRecord('room:0', message)], withQueue, postsPerSecond);
  while (workers.size > 0) await Promise.all(workers);
};
