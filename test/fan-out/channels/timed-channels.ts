import type { Subscription } from '../../../aws/channels/channel-table.ts';
import { type ChannelFanOutResult, fanOutChannels } from '../../../fan-out/channels/fan-out-channels.ts';
import type { FanOutProblem } from '../../../fan-out/records/fan-out-problem.ts';
import { type ReceivedChannelRecord, sourceOf } from '../../../schemas/channels/channel-record.ts';
import type { ChannelRules } from '../../../schemas/channels/channel-rules.ts';
import { FakeChannelQueue, FakeChannelTable } from '../../../testing/fake-channel-table.ts';
import { FakeBroadcastQueue, FakeConnectionTable } from '../../../testing/fake-services.ts';
import { TimedPoster, type TimedPosterOptions } from '../simulation/timed-poster.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';

export const NOW = 1_795_219_010_000;

export const RULES: ChannelRules = {
  'room:{room}': { history: { seconds: 3_600 }, presence: true },
  'typing:{room}': { ephemeral: true },
  'news:{topic}': {},
};

export interface RecordOptions {
  channel?: string;
  data?: unknown;
  except?: string;
  /** Makes the record a look at this user, encoded. */
  look?: string;
  at?: number;
  queueName?: string;
}

/** A record of the message m1, m2, …, whose sequence number has 20 digits and grows with the number. */
export const aChannelRecord = (number: number, options: RecordOptions = {}): ReceivedChannelRecord => {
  const { channel = 'room:1', data = `text ${number}`, except, look, at = NOW, queueName = 'chat.fifo' } = options;
  return {
    messageId: `m${number}`,
    receiveCount: 1,
    source: sourceOf(queueName, String(18_849_496_460_467_696_128n + BigInt(number))),
    channel,
    content: look === undefined ? { data, id: `id${number}`, ...(except !== undefined && { except }) } : { look },
    at,
  };
};

/** A subscription of a connection that connected long ago. */
export const aSubscription = (connectionId: string, overrides: Partial<Subscription> = {}): Subscription => ({
  connectionId,
  user: '',
  connectedAt: NOW / 1_000 - 600,
  ttl: NOW / 1_000 + 6_900,
  ...overrides,
});

/** A table with these subscriptions by channel, and their connections. */
export const aChannelTable = async (
  subscriptions: Readonly<Record<string, readonly Subscription[]>> = {},
  pageSize = 1_000,
): Promise<FakeChannelTable> => {
  const table = new FakeChannelTable({ now: () => NOW, pageSize });
  for (const [channel, own] of Object.entries(subscriptions)) {
    for (const subscription of own) {
      await table.openConnection(subscription);
      await table.addChannel(subscription.connectionId, channel);
      await table.putSubscription(channel, subscription);
    }
  }
  return table;
};

export interface TimedChannelsOptions extends TimedPosterOptions {
  records: readonly ReceivedChannelRecord[];
  table: FakeChannelTable;
  rules?: ChannelRules;
  postsPerSecond?: number;
  /** How much time the function has, in milliseconds. Default 10,000. */
  leftMs?: number;
  queue?: FakeBroadcastQueue;
  channelQueue?: FakeChannelQueue;
}

export interface TimedChannels extends ChannelFanOutResult {
  poster: TimedPoster;
  /** The texts that were posted to a connection, in order. */
  textsOf(connectionId: string): string[];
  connections: FakeConnectionTable;
  queue: FakeBroadcastQueue;
  channelQueue: FakeChannelQueue;
  problems: readonly FanOutProblem[];
  tookMs: number;
}

/** Runs one invocation in virtual time. */
export const timedChannels = async (options: TimedChannelsOptions): Promise<TimedChannels> => {
  const { records, table, rules = RULES, postsPerSecond = 1_000, leftMs = 10_000 } = options;
  const { queue = new FakeBroadcastQueue(), channelQueue = new FakeChannelQueue() } = options;
  const time = new VirtualTime(NOW, 1);
  const poster = new TimedPoster(time, options);
  const connections = new FakeConnectionTable();
  const problems: FanOutProblem[] = [];
  const onProblem = (problem: FanOutProblem): void => {
    if (problem.kind === 'unbalanced') throw new Error(JSON.stringify(problem.account));
    problems.push(problem);
  };
  let ended: (ChannelFanOutResult & { at: number }) | undefined;
  const running = fanOutChannels(
    records,
    { channels: table, channelQueue, connections, queue, poster },
    { rules, postsPerSecond, endsAt: NOW + leftMs, timekeeper: time, onProblem },
  ).then((result) => {
    ended = { ...result, at: time.now() };
  });
  await time.run(NOW + leftMs);
  if (!ended) throw new Error('The fan-out has not ended in its time');
  await running;
  const { at, ...result } = ended;
  const textsOf = (id: string) => poster.posts.flatMap(({ connectionId, data }) => (connectionId === id ? [data] : []));
  return { ...result, poster, textsOf, connections, queue, channelQueue, problems, tookMs: at - NOW };
};
