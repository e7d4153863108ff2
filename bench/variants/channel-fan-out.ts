import { DynamoChannelTable } from '../../aws/channels/dynamo-channel-table.ts';
import { SqsChannelQueue } from '../../aws/channels/sqs-channel-queue.ts';
import { createServices } from '../../aws/create-services.ts';
import { fanOutChannels } from '../../fan-out/channels/fan-out-channels.ts';
import type { ReceivedChannelRecord } from '../../schemas/channels/channel-record.ts';
import type { Variant } from '../run-variant.ts';

/** With history: each message is appended and numbered before it is posted. */
const RULES = { 'room:{room}': { history: { seconds: 3_600 } } };
/** The default timeout of the function, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** SQS gives the records of a group growing numbers, and the stub keeps the heads over several batches. */
let sequence = 0;

/** The channel fan-out of the Lambda without its middlewares. Segments stay in the queue of the stub. */
export const channelFanOut: Variant = async ({ messages, channels, postsPerSecond }) => {
  const records = messages.map((data) => toRecord(`room:${sequence % channels}`, data));
  await deliver(records, channelServices(), postsPerSecond);
};

type ChannelServices = Parameters<typeof fanOutChannels>[1];

let services: ChannelServices | undefined;

/** The services of the function, made once as by a warm Lambda. */
export const channelServices = (): ChannelServices => {
  services ??= {
    ...createServices(),
    channels: new DynamoChannelTable({ tableName: 'channels' }),
    channelQueue: new SqsChannelQueue({ queueUrl: process.env.FAN_OUT_BROADCAST_QUEUE_URL ?? '' }),
  };
  return services;
};

/** Makes the next record of the channel queue. */
export const toRecord = (channel: string, data: string): ReceivedChannelRecord => {
  sequence += 1;
  return {
    messageId: `message-${sequence}`,
    receiveCount: 1,
    source: `bench.fifo/${String(sequence).padStart(20, '0')}`,
    channel,
    content: { data, id: `id-${sequence}` },
    at: Date.now(),
  };
};

/** Runs one invocation. @throws {Error} if a record fails, or the fan-out reports a problem. */
export const deliver = async (
  records: readonly ReceivedChannelRecord[],
  services: ChannelServices,
  postsPerSecond: number,
): Promise<void> => {
  const { failed } = await fanOutChannels(records, services, {
    rules: RULES,
    postsPerSecond,
    endsAt: Date.now() + TIMEOUT_MS,
    onProblem: (problem) => {
      throw new Error(`Expected no problem, got ${problem.kind}`, {
        cause: 'error' in problem ? problem.error : problem,
      });
    },
  });
  if (failed.length > 0) throw new Error(`Expected no record to fail, got ${failed.length}`);
};
