import { describe, expect, it } from '@jest/globals';
import { MAX_MESSAGE_FRAME_BYTES } from '../../../schemas/channels/frames.ts';
import { FakeChannelQueue, type FakeChannelTable } from '../../../testing/fake-channel-table.ts';
import { FakeBroadcastQueue } from '../../../testing/fake-services.ts';
import { aChannelRecord, aChannelTable, aSubscription, NOW, timedChannels } from './timed-channels.ts';

const FIRST = NOW * 1_000 + 1;
const plain = (count: number, name = 'c') =>
  Array.from({ length: count }, (_, index) => aSubscription(`${name}${String(index).padStart(4, '0')}`));
const protocol = (connectionId: string, user = '') => aSubscription(connectionId, { user, protocol: true });
/** Makes a call of the table never end for one channel. */
const hang = (table: FakeChannelTable, name: 'head' | 'append' | 'subscriptionPage', channel: string): void => {
  const method = table[name].bind(table) as (...parameters: unknown[]) => Promise<never>;
  table[name] = ((...parameters: unknown[]) =>
    parameters[0] === channel ? new Promise(() => {}) : method(...parameters)) as never;
};
const twoRooms = () => aChannelTable({ 'room:1': [aSubscription('c1')], 'room:2': [aSubscription('c2')] });
const twoRecords = [aChannelRecord(1), aChannelRecord(2, { channel: 'room:2' })];

describe('fanOutChannels', () => {
  it('posts the text to plain clients and the numbered frame to protocol clients, after it has appended', async () => {
    const table = await aChannelTable({ 'room:1': [aSubscription('plain'), protocol('speaker')] });
    const run = await timedChannels({ records: [aChannelRecord(1, { data: { text: 'hi' } })], table });
    expect(run.textsOf('plain')).toEqual(['{"text":"hi"}']);
    const frame = { type: 'message', channel: 'room:1', seq: FIRST, data: { text: 'hi' }, id: 'id1', at: NOW };
    expect(run.textsOf('speaker').map((text) => JSON.parse(text))).toEqual([frame]);
    expect(run).toMatchObject({ failed: [], problems: [], accounts: [{ id: 'id1', scanned: 2, delivered: 2 }] });
    expect(table.heads.get('room:1')?.seq).toBe(FIRST);
  });

  it('reads the subscriptions after the head has moved', async () => {
    const table = await aChannelTable({ 'room:1': [aSubscription('c1')] });
    const moveHead = table.moveHead.bind(table);
    table.moveHead = async (...parameters) => {
      const moved = await moveHead(...parameters);
      await table.putSubscription('room:1', aSubscription('late'));
      return moved;
    };
    const run = await timedChannels({ records: [aChannelRecord(1)], table });
    expect(run.textsOf('late')).toEqual(['text 1']);
  });

  it('posts the messages of a channel to each connection in order, with the same numbers if the batch comes again', async () => {
    const table = await aChannelTable({ 'room:1': [protocol('c1'), protocol('c2')] });
    const records = [1, 2, 3].map((number) => aChannelRecord(number));
    for (let time = 0; time < 2; time++) {
      const run = await timedChannels({ records, table });
      for (const id of ['c1', 'c2'])
        expect(run.textsOf(id).map((text) => JSON.parse(text).seq)).toEqual([FIRST, FIRST + 1, FIRST + 2]);
    }
    expect(table.logs.get('room:1')?.size).toBe(3);
  });

  it('posts a record that a batch has twice once', async () => {
    const table = await aChannelTable({ 'room:1': [aSubscription('c1')] });
    const run = await timedChannels({ records: [aChannelRecord(1), aChannelRecord(1)], table });
    expect(run.textsOf('c1')).toEqual(['text 1']);
  });

  it('posts without a number, and writes nothing, if the channel has no history', async () => {
    const table = await aChannelTable({ 'news:x': [protocol('c1')] });
    const run = await timedChannels({ records: [aChannelRecord(1, { channel: 'news:x' })], table });
    expect(JSON.parse(run.textsOf('c1')[0] as string)).toEqual({
      ...{ type: 'message', channel: 'news:x', data: 'text 1', id: 'id1', at: NOW },
    });
    expect([table.heads.size, table.logs.size]).toEqual([0, 0]);
  });

  it('posts to the connections of a user, whose channel needs no pattern', async () => {
    const table = await aChannelTable({ 'user:ann': [aSubscription('c1', { user: 'ann' })] });
    const run = await timedChannels({ records: [aChannelRecord(1, { channel: 'user:ann' })], table });
    expect(run.textsOf('c1')).toEqual(['text 1']);
  });

  it('posts presence only to protocol clients', async () => {
    const table = await aChannelTable({ 'room:1': [aSubscription('plain', { user: 'ann' }), protocol('speaker')] });
    const records = [aChannelRecord(1, { look: 'ann' }), aChannelRecord(2)];
    const run = await timedChannels({ records, table });
    expect(run.textsOf('plain')).toEqual(['text 2']);
    const [presence, message] = run.textsOf('speaker').map((text) => JSON.parse(text));
    expect(presence).toEqual({ type: 'presence', channel: 'room:1', seq: FIRST, joined: ['ann'], left: [] });
    expect(message).toMatchObject({ type: 'message', seq: FIRST + 1 });
  });

  it('posts nothing for a look in a channel without history', async () => {
    const table = await aChannelTable({ 'news:x': [protocol('c1', 'ann')] });
    const run = await timedChannels({ records: [aChannelRecord(1, { channel: 'news:x', look: 'ann' })], table });
    expect(run).toMatchObject({ failed: [], accounts: [], poster: { posts: [] } });
  });

  it('leaves a connection out by except, but not in a channel with history', async () => {
    const rows = [aSubscription('c1'), aSubscription('c2')];
    const table = await aChannelTable({ 'news:x': rows, 'room:1': rows });
    const records = ['news:x', 'room:1'].map((channel, index) =>
      aChannelRecord(index + 1, { channel, except: 'c1', data: channel }),
    );
    const run = await timedChannels({ records, table });
    expect([run.textsOf('c1'), run.textsOf('c2')]).toEqual([['room:1'], expect.arrayContaining(['news:x', 'room:1'])]);
    expect(run.accounts).toMatchObject([{ excluded: 1, delivered: 1 }, { delivered: 2 }]);
  });

  it('drops an ephemeral message after 5 seconds', async () => {
    const table = await aChannelTable({ 'typing:1': [aSubscription('c1')] });
    const records = [5_000, 4_999].map((age, index) =>
      aChannelRecord(index + 1, { channel: 'typing:1', at: NOW - age, data: age }),
    );
    const run = await timedChannels({ records, table });
    expect(run.textsOf('c1')).toEqual(['4999']);
    expect(run.accounts).toMatchObject([
      { expired: 1, delivered: 0 },
      { expired: 0, delivered: 1 },
    ]);
  });

  it('keeps a segment of an ephemeral message for 5 seconds, and any other for ten minutes', async () => {
    const rows = plain(1);
    const table = await aChannelTable({ 'typing:1': rows, 'news:x': rows });
    const records = ['typing:1', 'news:x'].map((channel, index) => aChannelRecord(index + 1, { channel }));
    const { queue } = await timedChannels({ records, table, outcomeOf: () => 'failed' });
    const lives = Object.fromEntries(queue.sent.map(({ id, expiresAt = 0 }) => [id, expiresAt - NOW]));
    expect(lives).toEqual({ id1: 5_000, id2: 600_000 });
  });
});

describe('the time of a channel', () => {
  it('ends after 250 ms of posts: the rest are segments with the frame, and tell who speaks the protocol', async () => {
    const rows = [...plain(300), ...Array.from({ length: 300 }, (_, index) => protocol(`p${index}`))];
    const table = await aChannelTable({ 'room:1': rows });
    const run = await timedChannels({ records: [aChannelRecord(1)], table, latencyMs: 100 });
    expect(Math.max(...run.poster.posts.map(({ at }) => at - NOW))).toBeLessThan(250);
    expect(run.tookMs).toBeLessThan(400);
    const [{ delivered = 0, deferred = 0 } = {}] = run.accounts;
    expect(delivered).toBe(run.poster.posts.length);
    expect([delivered > 0, deferred > 0, delivered + deferred]).toEqual([true, true, 600]);

    const reached = new Set(run.poster.posts.map(({ connectionId }) => connectionId));
    const segments = Object.assign({}, ...run.queue.sent.map(({ connections }) => connections));
    const rest = rows.filter(({ connectionId }) => !reached.has(connectionId));
    expect(segments).toEqual(
      Object.fromEntries(
        rest.map(({ connectionId, connectedAt, ttl, protocol }) => [
          connectionId,
          protocol ? [connectedAt, ttl, 1] : [connectedAt, ttl],
        ]),
      ),
    );
    expect(Object.values(segments).some((entry) => (entry as unknown[]).length === 3)).toBe(true);
    for (const { data, frame = '' } of run.queue.sent) {
      expect(data).toBe('text 1');
      expect(JSON.parse(frame)).toMatchObject({ channel: 'room:1', seq: FIRST, data: 'text 1' });
    }
    expect(run.failed).toEqual([]);
  });

  it('is divided among the channels of a batch', async () => {
    const table = await aChannelTable({ 'room:1': plain(400, 'a'), 'room:2': plain(400, 'b') });
    const run = await timedChannels({ records: twoRecords, table, latencyMs: 5 });
    expect(run.accounts.map(({ delivered }) => delivered)).toEqual([125, 125]);
    expect(run.accounts.map(({ deferred }) => deferred)).toEqual([275, 275]);
  });

  it('reads every page of the subscriptions', async () => {
    const table = await aChannelTable({ 'room:1': plain(25) }, 10);
    const run = await timedChannels({ records: [aChannelRecord(1)], table });
    expect(run.accounts).toMatchObject([{ scanned: 25, delivered: 25 }]);
  });

  it('begins nothing if less than 2.5 seconds are left', async () => {
    const table = await twoRooms();
    const none = await timedChannels({ records: twoRecords, table, leftMs: 2_499 });
    expect(none).toMatchObject({ failed: ['m1', 'm2'], accounts: [], poster: { posts: [] } });
    expect([table.heads.size, table.logs.size]).toEqual([0, 0]);
    expect(await timedChannels({ records: twoRecords, table, leftMs: 2_500 })).toMatchObject({ failed: [] });
  });
});

describe('a failure in a channel', () => {
  it('stops the later records of its channel, and no other channel', async () => {
    const table = await twoRooms();
    const queue = new FakeBroadcastQueue();
    queue.down = true; // so that the message that API Gateway refuses cannot be dead-lettered
    const records = [
      ...[1, 2, 3].map((number) => aChannelRecord(number)),
      ...[4, 5].map((number) => aChannelRecord(number, { channel: 'room:2' })),
    ];
    const outcomeOf = ({ data }: { data: string }) => (data === 'text 2' ? 'too-large' : 'delivered');
    const run = await timedChannels({ records, table, queue, outcomeOf });
    expect(run.failed).toEqual(['m2', 'm3']);
    expect(run.textsOf('c2')).toEqual(['text 4', 'text 5']);
  });

  it('of its table fails its records only', async () => {
    const table = await twoRooms();
    const append = table.append.bind(table);
    table.append = async (channel, ...rest) => {
      if (channel === 'room:1') throw new Error('throttled');
      return append(channel, ...rest);
    };
    const run = await timedChannels({ records: twoRecords, table });
    expect(run.failed).toEqual(['m1']);
    expect(run.problems).toMatchObject([{ kind: 'channel', error: { message: 'throttled' } }]);
    expect(run.poster.posts).toMatchObject([{ connectionId: 'c2' }]);
  });

  it.each(['head', 'append', 'subscriptionPage'] as const)(
    'holds up no other channel if the call %s never ends',
    async (name) => {
      const table = await twoRooms();
      hang(table, name, 'room:1');
      const run = await timedChannels({ records: twoRecords, table });
      expect(run.failed).toEqual(['m1']);
      expect(run.poster.posts).toMatchObject([{ connectionId: 'c2', at: NOW }]);
      expect(run.tookMs).toBeLessThanOrEqual(4_100);
    },
  );

  it('holds up no other channel if a post never ends: its connection becomes a segment', async () => {
    const table = await twoRooms();
    const outcomeOf = ({ connectionId }: { connectionId: string }) => (connectionId === 'c1' ? 'never' : 'delivered');
    const run = await timedChannels({ records: twoRecords, table, outcomeOf });
    expect(run.failed).toEqual([]);
    expect(run.textsOf('c2')).toEqual(['text 2']);
    expect(run.tookMs).toBeLessThanOrEqual(1_000);
    expect(run.accounts).toMatchObject([{ unknown: 1, deferred: 1 }, { delivered: 1 }]);
    expect(run.queue.sent).toMatchObject([{ id: 'id1', attempts: 1, connections: { c1: expect.anything() } }]);
  });

  it('dead-letters the messages of an unknown channel, and posts the others', async () => {
    const table = await twoRooms();
    const records = [aChannelRecord(1, { channel: 'nosuch:1', data: { a: 1 } }), aChannelRecord(2)];
    const run = await timedChannels({ records, table });
    const { deadLetters, deadLetterGroups } = run.channelQueue;
    expect(deadLetters).toMatchObject([{ v: 1, reason: 'unknown-channel', diedAt: NOW }]);
    expect(JSON.parse(deadLetters[0]?.record ?? '')).toEqual({
      ...{ v: 1, channel: 'nosuch:1', data: { a: 1 }, id: 'id1', at: NOW },
    });
    expect(deadLetterGroups).toEqual(['nosuch:1']);
    expect(run).toMatchObject({ failed: [], poster: { posts: [{ connectionId: 'c1', data: 'text 2' }] } });
  });

  it('dead-letters a message whose frame is too large, and gives it no number', async () => {
    const table = await twoRooms();
    const records = [
      aChannelRecord(1, { data: 'x'.repeat(MAX_MESSAGE_FRAME_BYTES) }),
      aChannelRecord(2),
      ...[3].map((number) => aChannelRecord(number, { channel: 'room:2' })),
    ];
    const run = await timedChannels({ records, table });
    expect(run.channelQueue.deadLetters).toMatchObject([{ reason: 'too-large' }]);
    expect(run).toMatchObject({ failed: [], accounts: [{ id: 'id2' }, { id: 'id3' }] });
    expect([...(table.logs.get('room:1')?.values() ?? [])]).toMatchObject([{ seq: FIRST, id: 'id2' }]);
  });

  it('fails a message that no queue takes, and the later ones of its channel', async () => {
    const table = await twoRooms();
    const channelQueue = new FakeChannelQueue();
    channelQueue.down = true;
    const records = [
      aChannelRecord(1, { channel: 'nosuch:1' }),
      aChannelRecord(2, { channel: 'nosuch:1' }),
      aChannelRecord(3),
    ];
    const run = await timedChannels({ records, table, channelQueue });
    expect(run.failed).toEqual(['m1', 'm2']);
    expect(run.textsOf('c1')).toEqual(['text 3']);
  });
});

describe('a stale connection', () => {
  it('loses its row and the right to subscribe, and a record removes its subscriptions later', async () => {
    const table = await aChannelTable({ 'room:1': [aSubscription('c1'), aSubscription('gone')] });
    const outcomeOf = ({ connectionId }: { connectionId: string }) => (connectionId === 'gone' ? 'gone' : 'delivered');
    const run = await timedChannels({ records: [aChannelRecord(1)], table, outcomeOf });
    expect(run.accounts).toMatchObject([{ delivered: 1, stale: 1 }]);
    expect(run.connections.deleted).toEqual(['gone']);
    expect(await table.addChannel('gone', 'room:2')).toBe('ended');
    expect(run.queue.ended).toEqual([{ record: { v: 2, ended: ['gone'] }, delaySeconds: 30 }]);
  });
});

it('names the permission that API Gateway refuses', async () => {
  const table = await aChannelTable({ 'room:1': plain(3) });
  const run = await timedChannels({ records: [aChannelRecord(1)], table, outcomeOf: () => 'forbidden' });
  expect(run.forbidden).toBe('simulated forbidden');
  expect(run.queue.sent).toHaveLength(1);
});
