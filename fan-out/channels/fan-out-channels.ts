import type { ChannelQueue } from '../../aws/channels/channel-queue.ts';
import type { ChannelTable, Subscription } from '../../aws/channels/channel-table.ts';
import type { Services } from '../../aws/services.ts';
import type { BroadcastAccount } from '../../schemas/broadcast-account.ts';
import type { ReceivedChannelRecord } from '../../schemas/channels/channel-record.ts';
import { type ChannelRule, type ChannelRules, findRule } from '../../schemas/channels/channel-rules.ts';
import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { Posting } from '../posting/posting.ts';
import { StaleRows } from '../posting/stale-rows.ts';
import type { Delivery } from '../records/delivery.ts';
import type { OnProblem } from '../records/fan-out-problem.ts';
import { Remainder } from '../records/hand-over.ts';
import { Ledger } from '../records/ledger.ts';
import { systemTimekeeper, type Timekeeper, within } from '../time/timekeeper.ts';
import { appendRecords } from './append-records.ts';
import { isDeliverable, toBroadcast } from './channel-broadcast.ts';

/** Our choice: a channel is let go after this long of posts, in milliseconds. The rest goes out as segments. */
const POST_MS = 250;
/** Our choice: how long posts in flight are awaited after that, in milliseconds. */
const AWAIT_POSTS_MS = 750;
/** Our choice: time that the table has to append and to read, at most, in milliseconds. */
const TABLE_MS = 4_000;
/** Our choice: time reserved for the queues and the answer, in milliseconds. */
const HAND_OVER_MS = 1_500;
/** Our choice: with less time than this, nothing is begun. In milliseconds. */
const LEAST_MS = 2_500;

export interface ChannelFanOutOptions {
  rules: ChannelRules;
  /** Most posts of this function in a second. */
  postsPerSecond: number;
  /** Epoch milliseconds when Lambda ends the function. */
  endsAt: number;
  /** Default: the system's clock and random numbers. */
  timekeeper?: Timekeeper;
  onProblem: OnProblem;
}

export interface ChannelFanOutResult {
  /** Ids of the messages that SQS must deliver again: of each channel, the first that failed and all after it. */
  failed: readonly string[];
  /** One for each message that was posted. */
  accounts: readonly BroadcastAccount[];
  /** The detail of API Gateway's first 403; `undefined` if there was no 403. */
  forbidden: string | undefined;
}

type ChannelServices = Pick<Services, 'connections' | 'queue' | 'poster'> & {
  channels: ChannelTable;
  channelQueue: ChannelQueue;
};

/** The records of one channel while this function works on them. */
interface Group {
  channel: string;
  records: readonly ReceivedChannelRecord[];
  /** By the id of the SQS message. */
  deliveries: Map<string, Delivery>;
  /** The deliveries of presence entries: plain clients do not receive them. */
  presence: Set<Delivery>;
  /** Ids of SQS messages that were not delivered as they should be. */
  failed: Set<string>;
}

/**
 * Appends the records of a batch to their channels, and posts them to the subscribers. The channels of a batch do not
 * wait for each other. A channel with history is appended, then its subscriptions are read: a subscriber that is not
 * found reads the message from the log. Connections that are not reached in a quarter of a second are handed over to
 * the broadcast fan-out as segments. Never rejects, and ends before `endsAt`.
 */
export const fanOutChannels = async (
  received: readonly ReceivedChannelRecord[],
  services: ChannelServices,
  options: ChannelFanOutOptions,
): Promise<ChannelFanOutResult> => {
  const { endsAt, postsPerSecond, timekeeper = systemTimekeeper } = options;
  const now = timekeeper.now();
  const groups = groupByChannel(received);
  if (endsAt - now < LEAST_MS)
    return { failed: received.map(({ messageId }) => messageId), accounts: [], forbidden: undefined };

  const admitted: Admitted = new Map();
  const staleRows = new StaleRows(services.connections, {
    ...services,
    end: (connectionId) => endSubscriber(connectionId, admitted, services.channels),
  });
  const posting = new Posting({ poster: services.poster, staleRows, timekeeper, postsPerSecond, capacity: Infinity });
  const answerBy = endsAt - HAND_OVER_MS / 3;
  const run: Run = {
    services,
    options,
    timekeeper,
    posting,
    answerBy,
    share: Math.max(1, Math.floor((postsPerSecond * POST_MS) / 1_000 / Math.max(1, groups.length))),
    admitted,
    stopAt: undefined,
    cancelStop: () => {},
  };
  const admitBy = Math.min(now + TABLE_MS, endsAt - HAND_OVER_MS - AWAIT_POSTS_MS);
  await Promise.all(
    groups.map(async (group) => {
      const admitted = await within(admitGroup(group, run), admitBy, timekeeper).catch((error) => {
        options.onProblem({ kind: 'channel', error });
        return undefined;
      });
      if (!admitted) for (const { messageId } of group.records) group.failed.add(messageId);
    }),
  );
  await within(posting.idle(), Math.min((run.stopAt ?? now) + AWAIT_POSTS_MS, endsAt - HAND_OVER_MS), timekeeper);
  posting.abandon();
  run.cancelStop();
  const deliveries = groups.flatMap((group) => [...group.deliveries.values()]);
  await within(
    Promise.all([staleRows.close(), ...deliveries.map(({ remainder }) => remainder.close())]),
    answerBy,
    timekeeper,
  );
  const accounts = deliveries.map(({ ledger }) =>
    ledger.close((account) => options.onProblem({ kind: 'unbalanced', account })),
  );
  const refused = new Set(accounts.filter(({ failed }) => failed).map(({ messageId }) => messageId));
  return { failed: groups.flatMap((group) => failedOf(group, refused)), accounts, forbidden: posting.forbidden };
};

/** The subscriptions that this function posts to, by connection. */
type Admitted = Map<string, { channel: string; subscription: Subscription }[]>;

const endSubscriber = async (connectionId: string, admitted: Admitted, table: ChannelTable): Promise<boolean> => {
  const own = admitted.get(connectionId) ?? [];
  for (const { channel, subscription } of own) await table.endSubscriber(channel, subscription);
  return own.length > 0;
};

interface Run {
  services: ChannelServices;
  options: ChannelFanOutOptions;
  timekeeper: Timekeeper;
  posting: Posting;
  answerBy: number;
  admitted: Admitted;
  /** How many posts each channel may have admitted. */
  share: number;
  /** Epoch milliseconds when posting stops; `undefined` before the first connection is admitted. */
  stopAt: number | undefined;
  cancelStop: () => void;
}

const groupByChannel = (received: readonly ReceivedChannelRecord[]): Group[] => {
  const records = [...new Map(received.map((record) => [record.messageId, record])).values()];
  return [...Map.groupBy(records, ({ channel }) => channel)].map(([channel, own]) => ({
    channel,
    records: own,
    deliveries: new Map(),
    presence: new Set(),
    failed: new Set(),
  }));
};

/** A record that fails stops those after it: otherwise SQS would deliver it after them. */
const failedOf = ({ records, failed }: Group, refused: ReadonlySet<string>): string[] => {
  const first = records.findIndex(({ messageId }) => failed.has(messageId) || refused.has(messageId));
  return first < 0 ? [] : records.slice(first).map(({ messageId }) => messageId);
};

/** @returns true when every subscriber is admitted to the posting or handed over. */
const admitGroup = async (group: Group, run: Run): Promise<true> => {
  const { rules } = run.options;
  const match = findRule(rules, group.channel);
  if (!match) {
    await deadLetter(group, group.records, 'unknown-channel', run);
    return true;
  }
  const [fitting, tooLarge] = partition(group.records, isDeliverable);
  if (tooLarge.length > 0) await deadLetter(group, tooLarge, 'too-large', run);
  await openDeliveries(group, fitting, match.rule, run);
  if (group.deliveries.size > 0) await admitSubscribers(group, run);
  return true;
};

const deadLetter = async (
  { channel }: Group,
  records: readonly ReceivedChannelRecord[],
  reason: DeadLetterReason,
  { services, timekeeper }: Run,
): Promise<void> => {
  for (const { content, at } of records) {
    const record = JSON.stringify({ v: 1, channel, at, ...content });
    await services.channelQueue.deadLetter({ v: 1, reason, diedAt: timekeeper.now(), record }, channel);
  }
};

/** Appends the records if the channel has a history, and makes a delivery for each message and presence entry. */
const openDeliveries = async (
  group: Group,
  records: readonly ReceivedChannelRecord[],
  rule: ChannelRule,
  { services, options, timekeeper, answerBy }: Run,
): Promise<void> => {
  const { channel } = group;
  const appended = rule.history
    ? await appendRecords({
        channel,
        records,
        historySeconds: rule.history.seconds,
        table: services.channels,
        now: () => timekeeper.now(),
      })
    : records.filter(({ content }) => 'data' in content).map((record) => ({ record, entry: undefined }));
  let earliest = 0;
  for (const { record, entry } of appended) {
    const broadcast = toBroadcast(channel, record, { entry, rule, earliest });
    earliest = broadcast.sentAt; // so that segments of several messages keep their order
    const { messageId, receiveCount } = record;
    const ledger = new Ledger({ messageId, receiveCount, broadcast });
    const { queue } = services;
    const remainder = new Remainder({ broadcast, ledger, queue, timekeeper, answerBy, onProblem: options.onProblem });
    const delivery = { broadcast, ledger, remainder, tooLargeFor: undefined, tooLarge: false };
    group.deliveries.set(messageId, delivery);
    if (entry?.kind === 'presence') group.presence.add(delivery);
  }
};

/** Reads the subscriptions after the head has moved. Admits the channel's share, and hands the others over. */
const admitSubscribers = async ({ channel, presence, ...group }: Group, run: Run): Promise<void> => {
  const { services, posting } = run;
  const deliveries = [...group.deliveries.values()];
  const messages = deliveries.filter((delivery) => !presence.has(delivery));
  let share = run.share;
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = await services.channels.subscriptionPage(channel, cursor);
    cursor = page.cursor;
    const [protocol, plain] = partition(page.subscriptions, ({ protocol = false }) => protocol);
    stopLater(run);
    for (const [rows, own] of [
      [protocol, deliveries],
      [plain, messages],
    ] as const) {
      if (own.length === 0 || rows.length === 0) continue;
      for (const { ledger } of own) ledger.scanned(rows.length);
      const most = Math.ceil(Math.max(0, share) / own.length);
      share -= Math.min(most, rows.length) * own.length;
      const taken = rows.slice(0, most);
      for (const subscription of taken) remember({ channel, subscription }, run.admitted);
      posting.admit({ rows: taken, deliveries: own });
      posting.decline({ rows: rows.slice(most), deliveries: own });
    }
  }
};

const remember = (one: { channel: string; subscription: Subscription }, admitted: Admitted): void => {
  const { connectionId } = one.subscription;
  admitted.set(connectionId, [...(admitted.get(connectionId) ?? []), one]);
};

/** Posting stops a quarter of a second after the first connection is admitted. */
const stopLater = (run: Run): void => {
  if (run.stopAt !== undefined) return;
  run.stopAt = run.timekeeper.now() + POST_MS;
  run.cancelStop = run.timekeeper.after(POST_MS, () => run.posting.stop());
};

const partition = <T>(values: readonly T[], test: (value: T) => boolean): [T[], T[]] => [
  values.filter((value) => test(value)),
  values.filter((value) => !test(value)),
];
