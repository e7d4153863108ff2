import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connectUsage,
  dollarsOf,
  endUsage,
  idleMonthUsage,
  lookUsage,
  presenceChangeUsage,
  publishUsage,
  resumeUsage,
  subscribeUsage,
  sumOf,
  syncUsage,
  times,
  type Usage,
} from '../../../../../packages/load/plan/channels/channel-costs.ts';
import { PRICES_AND_QUOTAS } from '../../../../../packages/load/plan/prices-and-quotas.ts';
import type { ChannelRecord } from '../../../../../schemas/channels/channel-record.ts';
import { type Counted, type CountedStage, startCountedStage } from './counted-stage.ts';

const PAGE = readFileSync('docs/channel-costs.md', 'utf8');

let stage: CountedStage;
beforeAll(async () => {
  stage = await startCountedStage();
});
afterAll(() => stage.stop());

let last = 0;
const next = (): number => ++last;
/** As long as an id of API Gateway. */
const aConnectionId = (): string => `PJqB0fHs${String(next()).padStart(6, '0')}w=`;
/** As long as the `sub` of a Cognito user. */
const aUser = (): string => `0b5c1a2e-6d3f-4c1b-9a57-${String(next()).padStart(12, '0')}`;
const aRoom = (): string => `room:${next()}`;
/** Data of this many bytes as JSON. */
const dataOf = (bytes: number) => ({ text: 'x'.repeat(bytes - JSON.stringify({ text: '' }).length) });
/** A record as a backend sends it. */
const aRecord = (channel: string, bytes: number): ChannelRecord => ({
  ...{ v: 1, channel, data: dataOf(bytes), id: aUser(), at: Date.now() },
});
const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** Subscribes this many protocol clients, uncounted. */
const addMembers = async (channel: string, count: number): Promise<void> => {
  const facts = { connectedAt: nowSeconds(), ttl: nowSeconds() + 7_500, protocol: true };
  const members = Array.from({ length: count }, () => ({ ...facts, connectionId: aConnectionId(), user: aUser() }));
  await Promise.all(members.map((member) => stage.services.channels.putSubscription(channel, member)));
};

/** A user that is connected and in these rooms, uncounted. */
const aMember = async (...rooms: string[]): Promise<{ connectionId: string; user: string }> => {
  const member = { connectionId: aConnectionId(), user: aUser() };
  await stage.connect(member.connectionId, member.user);
  for (const room of rooms) await stage.send(member.connectionId, { action: 'subscribe', channel: room });
  await stage.drain('fifo');
  stage.take();
  return member;
};

/** Counts the use of AWS by some steps. */
const using = async (...steps: (() => Promise<unknown>)[]): Promise<Counted> => {
  stage.take();
  for (const step of steps) await step();
  return stage.take();
};

/** Publishes messages in one batch, from a subscriber or a backend. */
const publishing = async ({ kind = 'room', by = 'client', members = 1, bytes = 200, batch = 1 } = {}) => {
  const channel = `${kind}:${next()}`;
  await addMembers(channel, members - 1);
  const { connectionId } = await aMember(channel);
  const publish = async () => {
    for (let index = 0; index < batch; index++) {
      if (by === 'client') await stage.send(connectionId, { action: 'publish', channel, data: dataOf(bytes) });
      else await stage.services.channelQueue.send(aRecord(channel, bytes));
    }
  };
  return using(publish, () => stage.drain('fifo', batch));
};

const queueMessages = async (channel: string, count: number): Promise<void> => {
  for (let index = 0; index < count; index++) await stage.services.channelQueue.send(aRecord(channel, 200));
};

/** A new connection of a user who is in these rooms, and missed these messages. */
const resuming = async (rooms: readonly string[], missed: number): Promise<Counted> => {
  const { user } = await aMember(...rooms);
  const heads = await Promise.all(rooms.map((room) => stage.services.channels.head(room)));
  for (const room of rooms) await queueMessages(room, missed);
  await stage.drain('fifo');
  const connectionId = aConnectionId();
  await stage.connect(connectionId, user);
  const channels = rooms.map((channel, index) => ({ channel, after: heads[index]?.seq }));
  return using(() => stage.send(connectionId, { action: 'sync', channels }));
};

/** A user comes or leaves, and protocol clients are told. */
const changing = async ({ told = 50, comes = true, messagesSince = 0 } = {}): Promise<Counted> => {
  const room = aRoom();
  await aMember(room); // the head is there
  await addMembers(room, told - (comes ? 2 : 1)); // the user that comes is told too
  const { connectionId } = comes ? await aMember() : await aMember(room);
  await queueMessages(room, messagesSince);
  await stage.drain('fifo', 10);
  await stage.send(connectionId, { action: comes ? 'subscribe' : 'unsubscribe', channel: room });
  return using(() => stage.drain('fifo'));
};

const SIZE = { sizeBytes: 200 };
const ROOM = { ...SIZE, by: 'client', history: true, batch: 1 } as const;
const FIGURES = PRICES_AND_QUOTAS;

interface Row {
  operation: string;
  usage: Usage;
  /** Runs the code, as often as `runs` says. */
  count(): Promise<Counted>;
  runs?: number;
}

const ROWS: readonly Row[] = [
  {
    operation: '`$connect` of a user',
    usage: connectUsage(),
    count: () => using(() => stage.connect(aConnectionId(), aUser())),
  },
  {
    operation: '`subscribe`',
    usage: subscribeUsage(),
    count: async () => {
      const channel = aRoom();
      await aMember(channel);
      const { connectionId } = await aMember();
      return using(() => stage.send(connectionId, { action: 'subscribe', channel }));
    },
  },
  ...[1, 100].map((members) => ({
    operation: `\`publish\` to ${members}`,
    usage: publishUsage({ ...ROOM, members }, FIGURES),
    count: () => publishing({ members }),
  })),
  {
    operation: '`publish` to 100, one of ten in a batch',
    usage: publishUsage({ ...ROOM, members: 100, batch: 10 }, FIGURES),
    count: () => publishing({ members: 100, batch: 10 }),
    runs: 10,
  },
  ...[1, 100].map((members) => ({
    operation: `\`publish\` to ${members}, without history`,
    usage: publishUsage({ ...ROOM, members, history: false }, FIGURES),
    count: () => publishing({ kind: 'passing', members }),
  })),
  {
    operation: 'a backend publishes to 100',
    usage: publishUsage({ ...ROOM, by: 'backend', members: 100 }, FIGURES),
    count: () => publishing({ by: 'backend', members: 100 }),
  },
  {
    operation: 'resume: `sync` of a new connection, 10 missed messages',
    usage: resumeUsage({ ...SIZE, channels: 1, missed: 10 }, FIGURES),
    count: () => resuming([aRoom()], 10),
  },
  {
    operation: 'look: a user of a new or ended connection is here as before',
    usage: lookUsage(),
    count: async () => {
      await resuming([aRoom()], 0);
      return using(() => stage.drain('fifo'));
    },
  },
  {
    operation: 'presence change: a user comes, and 50 are told',
    usage: presenceChangeUsage({ members: 50 }, FIGURES),
    count: () => changing(),
  },
  {
    operation: 'presence change: a user leaves, and 50 are told',
    usage: presenceChangeUsage({ members: 50 }, FIGURES),
    count: () => changing({ comes: false }),
  },
  {
    operation: 'the same, 100 messages after the last change',
    usage: presenceChangeUsage({ members: 50 }, FIGURES),
    count: () => changing({ comes: false, messagesSince: 100 }),
  },
  {
    operation: '`sync` of 3 channels, no missed message',
    usage: syncUsage(3),
    count: async () => {
      const rooms = [aRoom(), aRoom(), aRoom()];
      const { connectionId } = await aMember(...rooms);
      return syncing(connectionId, rooms);
    },
  },
  {
    operation: 'the end of a connection with 3 channels',
    usage: endUsage(3),
    count: async () => {
      const { connectionId } = await aMember(aRoom(), aRoom(), aRoom());
      return using(
        () => stage.disconnect(connectionId),
        () => stage.drain('standard'),
      );
    },
  },
];

const syncing = async (connectionId: string, rooms: readonly string[]): Promise<Counted> => {
  const heads = await Promise.all(rooms.map((room) => stage.services.channels.head(room)));
  const channels = rooms.map((channel, index) => ({ channel, after: heads[index]?.seq }));
  return using(() => stage.send(connectionId, { action: 'sync', channels }));
};

/** Without the remainders of floating point. */
const rounded = ({ connectionMinutes: _, ...counted }: Usage): Counted =>
  Object.fromEntries(Object.entries(counted).map(([name, value]) => [name, Number(value.toFixed(6))])) as never;

describe('an operation of channels uses what its line of the table says', () => {
  it.each(ROWS.map((row) => [row.operation, row] as const))('%s', async (_, { usage, count, runs = 1 }) => {
    const counted = await count();
    stage.sent.fifo.length = 0;
    expect(counted).toEqual(rounded(times(runs, usage)));
  });

  it.each([
    ['entries of several write units', { bytes: 3_000, members: 3 }],
    ['posts of several messages', { by: 'backend', bytes: 40_000, members: 3 }],
    ['a record of several requests', { by: 'backend', bytes: 70_000, members: 1 }],
    ['a batch of several requests', { by: 'backend', bytes: 20_000, members: 1, batch: 10 }],
    ['subscriptions of several read units', { by: 'backend', members: 300 }],
  ])('%s', async (_, { by = 'client', bytes = 200, members, batch = 1 }: Parameters<typeof publishing>[0] & object) => {
    const publish = { by: by as 'client', members: members as number, sizeBytes: bytes, history: true, batch };
    const counted = await publishing({ by, bytes, members: members as number, batch });
    expect(counted).toEqual(rounded(times(batch, publishUsage(publish, FIGURES))));
  });

  it('an item, a record and a frame are at most as large as the figures say, and hardly smaller', async () => {
    const room = aRoom();
    const { connectionId } = await aMember(room);
    await stage.send(connectionId, { action: 'publish', channel: room, data: dataOf(200) });
    const record = Buffer.byteLength(stage.sent.fifo[0]?.body ?? '');
    await stage.drain('fifo');
    const frame = Buffer.byteLength(stage.gateway.requests.at(-1)?.body ?? '');
    const [subscription = 0] = await stage.itemBytes(`sub#${room}`);
    const [, entry = 0] = await stage.itemBytes(`log#${room}`); // the first entry is of presence
    for (const [size, { value }] of [
      [subscription, FIGURES.subscriptionBytes],
      [entry - 200, FIGURES.logEntryBytes],
      [record - 200, FIGURES.channelRecordBytes],
      [frame - 200, FIGURES.channelFrameBytes],
    ] as const) {
      expect(size).toBeLessThanOrEqual(value);
      expect(size).toBeGreaterThan(value * 0.9);
    }
  });
});

describe('an idle month', () => {
  it('is made of syncs and of connections that replace each other', async () => {
    const rooms = [aRoom(), aRoom(), aRoom()];
    const { connectionId, user } = await aMember(...rooms);
    const sync = await syncing(connectionId, rooms);
    const heads = await Promise.all(rooms.map((room) => stage.services.channels.head(room)));
    const channels = rooms.map((channel, index) => ({ channel, after: heads[index]?.seq }));
    const replacement = await using(
      async () => {
        const second = aConnectionId();
        await stage.connect(second, user);
        await stage.send(second, { action: 'sync', channels });
      },
      () => stage.drain('fifo'),
      () => stage.disconnect(connectionId),
      () => stage.drain('standard'),
      () => stage.drain('fifo'),
    );
    const twoHours = { connections: 1, channels: 3, hours: 2 };
    const syncs = 7_200 / FIGURES.syncSeconds.value;
    const counted = sumOf(times(syncs, { ...sync, connectionMinutes: 0 }), { ...replacement, connectionMinutes: 120 });
    const used = idleMonthUsage(twoHours, FIGURES);
    expect(rounded(used)).toEqual(rounded(counted));
    expect(used.connectionMinutes).toBe(120);
  });
});

/** The lines of the table in the page whose header begins with this word, without the header. */
const tableOf = (word: string): string[] => {
  const [table = ''] = new RegExp(`^\\| ${word} .*\\n(\\|.*\\n)+`, 'm').exec(PAGE) ?? [];
  return table
    .split('\n')
    .slice(2, -1)
    .map((line) => line.replaceAll(/ +/g, ' '));
};

describe('docs/channel-costs.md', () => {
  const amount = (value: number): string => String(Number(value.toPrecision(4)));
  const inDollars = (value: number): string => `$${value.toFixed(2)}`;
  const amountsOf = ({
    writeUnits,
    readUnits,
    fifoRequests,
    queueRequests,
    invocations,
    messages,
  }: Usage): number[] => [...[writeUnits, readUnits, fifoRequests, queueRequests, invocations, messages]];
  const lineOf = (name: string, amounts: readonly number[], dollars: number): string =>
    `| ${[name, ...amounts.map(amount), inDollars(dollars)].join(' | ')} |`;

  it('has the counted operations, with the dollars of a million', () => {
    const lines = ROWS.map(({ operation, usage }) =>
      lineOf(operation, amountsOf(usage), dollarsOf(times(1_000_000, usage), FIGURES)),
    );
    expect(tableOf('operation')).toEqual(lines);
  });

  it('has the idle month of 10,000 connections, in millions', () => {
    const month = { connections: 10_000, channels: 3, hours: 730 };
    const seconds = month.connections * month.hours * 3_600;
    const all = idleMonthUsage(month, FIGURES);
    const syncs = times(seconds / FIGURES.syncSeconds.value, syncUsage(3));
    const minutes = times(seconds / 60, { ...times(0, all), connectionMinutes: 1 });
    const replacements = sumOf(all, times(-1, syncs), times(-1, minutes));
    const lines = Object.entries({ syncs, replacements, 'connection minutes': minutes, 'all together': all }).map(
      ([name, used]) =>
        lineOf(
          name,
          [...amountsOf(used), used.connectionMinutes].map((value) => value / 1_000_000),
          dollarsOf(used, FIGURES),
        ),
    );
    expect(tableOf('part')).toEqual(lines);
  });
});
