import { describe, expect, it } from '@jest/globals';
import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import { FakeBroadcastQueue, FakeConnectionTable } from '../../testing/fake-services.ts';
import { someRows, timedFanOut } from './simulation/timed-fan-out.ts';

const NONE = { scanned: 0, carried: 0, delivered: 0, stale: 0, excluded: 0, expired: 0, deferred: 0, undelivered: 0 };
const sizeOf = ({ connections = {} }: BroadcastRecord): number => Object.keys(connections).length;
const NOW_SECONDS = 1_795_219_010;
const LATER = NOW_SECONDS + 6_900;

describe('fanOutBatch', () => {
  it('counts no connections for an empty table', async () => {
    const { accounts, failed, poster } = await timedFanOut();
    expect(accounts).toMatchObject([{ id: 'b1', messageId: 'm1', ...NONE, posts: 0 }]);
    expect(accounts[0]).not.toHaveProperty('firstDeliveredAt');
    expect(failed).toEqual([]);
    expect(poster.posts).toEqual([]);
  });

  it('does nothing for an empty batch, not even a scan', async () => {
    const { accounts, connections } = await timedFanOut({ broadcasts: [], rows: someRows(3) });
    expect(accounts).toEqual([]);
    expect(connections.scannedPages).toBe(0);
  });

  it('posts nothing if the sender is the only connection', async () => {
    const { accounts, poster } = await timedFanOut({ broadcasts: [{ except: 'c000000' }], rows: someRows(1) });
    expect(accounts).toMatchObject([{ ...NONE, scanned: 1, excluded: 1 }]);
    expect(poster.posts).toEqual([]);
  });

  it('scans once for ten messages, and posts each connection its ten in order', async () => {
    const broadcasts = Array.from({ length: 10 }, () => ({}));
    const { accounts, connections, poster } = await timedFanOut({ broadcasts, rows: someRows(25), pageSize: 10 });
    expect(connections.scannedPages).toBe(3);
    expect(accounts.map(({ delivered }) => delivered)).toEqual(Array(10).fill(25));
    for (const posts of Map.groupBy(poster.posts, ({ connectionId }) => connectionId).values()) {
      expect(posts.map(({ data }) => data)).toEqual(['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8', 'd9', 'd10']);
    }
  });

  it('posts once if a batch contains a message twice', async () => {
    const { accounts, poster } = await timedFanOut({ rows: someRows(2), handedOut: 2 });
    expect(poster.posts).toHaveLength(2);
    expect(accounts).toHaveLength(1);
  });

  it('reads the next page while it posts to the connections of the first', async () => {
    const { poster, scansAt, accounts } = await timedFanOut({
      rows: someRows(30_000),
      pageSize: 25_000,
      scanMs: 300,
      postsPerSecond: 10_000,
      targetMs: 10_000,
    });
    expect(scansAt).toEqual([0, 300]);
    expect(poster.posts.filter(({ at }) => at < NOW_SECONDS * 1_000 + 600).length).toBeGreaterThan(1_000);
    expect(accounts).toMatchObject([{ delivered: 30_000 }]);
  });

  it('holds a bounded number of rows', async () => {
    const connections = new FakeConnectionTable({ rows: someRows(40_000), pageSize: 5_000 });
    const read = connections.scanPage.bind(connections);
    const ahead: number[] = [];
    const run = timedFanOut({
      connections,
      postsPerSecond: 10_000,
      targetMs: 10_000,
      outcomeOf: () => {
        posted++;
        return 'delivered';
      },
    });
    let posted = 0;
    connections.scanPage = (cursor) => {
      ahead.push(connections.scannedPages * 5_000 - posted);
      return read(cursor);
    };
    expect((await run).accounts).toMatchObject([{ scanned: 40_000, delivered: 40_000 }]);
    expect(Math.max(...ahead)).toBeLessThanOrEqual(26_000);
  });

  it('keeps to the rate', async () => {
    const { poster, tookMs } = await timedFanOut({ rows: someRows(6_000), postsPerSecond: 2_000, latencyMs: 20 });
    expect(poster.posts).toHaveLength(6_000);
    expect(poster.mostInASecond()).toBeLessThanOrEqual(2_200);
    expect(tookMs).toBeGreaterThan(2_800);
    expect(tookMs).toBeLessThan(3_150);
  });

  it('keeps 64 posts in flight at least and 800 at most', async () => {
    const fast = await timedFanOut({ rows: someRows(500), latencyMs: 1 });
    const slow = await timedFanOut({ rows: someRows(20_000), latencyMs: 450 });
    expect(fast.poster.mostInFlight).toBe(64);
    expect(slow.poster.mostInFlight).toBe(800);
  });

  it('hands connections above its capacity over as segments immediately, without counting an attempt', async () => {
    const queue = new FakeBroadcastQueue();
    const posts: number[] = [];
    const { accounts } = await timedFanOut({
      rows: someRows(30_000),
      postsPerSecond: 1_000,
      targetMs: 5_000,
      queue,
      outcomeOf: () => {
        posts.push(queue.sent.length);
        return 'delivered';
      },
    });
    expect(accounts).toMatchObject([{ ...NONE, scanned: 30_000, delivered: 5_000, deferred: 25_000 }]);
    expect(queue.sent.map(sizeOf)).toEqual([5_000, 5_000, 5_000, 5_000, 5_000]);
    expect(queue.sent.map(({ attempts }) => attempts)).toEqual([0, 0, 0, 0, 0]);
    expect(posts.at(1_000)).toBeGreaterThanOrEqual(4);
  });

  it('accepts fewer connections if each receives more messages', async () => {
    const { accounts } = await timedFanOut({
      broadcasts: [{}, {}],
      rows: someRows(30_000),
      postsPerSecond: 1_000,
      targetMs: 5_000,
    });
    expect(accounts).toMatchObject([
      { delivered: 2_500, deferred: 27_500 },
      { delivered: 2_500, deferred: 27_500 },
    ]);
  });

  it('hands over the connections for which slow posts leave no time', async () => {
    const { accounts, queue, tookMs } = await timedFanOut({ rows: someRows(12_000), latencyMs: 1_900 });
    const [account] = accounts;
    // The limit stays low: more posts in flight would miss their deadline.
    expect(account?.delivered).toBeGreaterThan(200);
    expect(account?.deferred).toBe(12_000 - (account?.delivered ?? 0));
    expect(queue.sent.map(sizeOf).reduce((sum, size) => sum + size)).toBe(account?.deferred);
    expect(tookMs).toBeLessThan(12_500);
  });

  it('deletes the row of a stale connection once, and skips only its other messages', async () => {
    const { accounts, connections, poster } = await timedFanOut({
      broadcasts: [{}, {}],
      rows: someRows(3),
      outcomeOf: ({ connectionId }) => (connectionId === 'c000001' ? 'gone' : 'delivered'),
    });
    expect(accounts).toMatchObject([
      { delivered: 2, stale: 1 },
      { delivered: 2, stale: 1 },
    ]);
    expect(connections.deleted).toEqual(['c000001']);
    expect(poster.posts.filter(({ connectionId }) => connectionId === 'c000001')).toHaveLength(1);
  });

  it('retries a connection that is still connecting, then hands it over with a delay, and deletes nothing', async () => {
    const rows = [{ connectionId: 'c1', connectedAt: NOW_SECONDS - 3, ttl: NOW_SECONDS + 7_000 }];
    const { accounts, connections, poster, queue } = await timedFanOut({ rows, outcomeOf: () => 'gone' });
    expect(poster.posts).toHaveLength(4);
    expect(accounts).toMatchObject([{ ...NONE, scanned: 1, deferred: 1 }]);
    expect(queue.sent).toMatchObject([{ attempts: 1, connections: { c1: [NOW_SECONDS - 3, NOW_SECONDS + 7_000] } }]);
    expect(queue.delaysSeconds).toEqual([1]);
    expect(connections.deleted).toEqual([]);
  });

  it('leaves rows past their ttl to DynamoDB', async () => {
    const rows = [{ connectionId: 'c1', connectedAt: NOW_SECONDS - 7_600, ttl: NOW_SECONDS }];
    const { accounts, connections, poster } = await timedFanOut({ rows });
    expect(accounts).toMatchObject([{ ...NONE, scanned: 1, expired: 1 }]);
    expect([poster.posts, connections.deleted]).toEqual([[], []]);
  });

  it('does not let one slow reader delay the other connections', async () => {
    const { accounts, queue, tookMs } = await timedFanOut({
      rows: someRows(2_000),
      outcomeOf: ({ connectionId }) => (connectionId === 'c000000' ? 'throttled' : 'delivered'),
    });
    expect(accounts).toMatchObject([{ delivered: 1_999, deferred: 1, throttled: 4 }]);
    expect(queue.sent).toMatchObject([{ connections: { c000000: [NOW_SECONDS - 600, LATER] } }]);
    expect(tookMs).toBeLessThan(1_300);
  });

  it('posts more slowly while the account is throttled, and loses no connection', async () => {
    const posted: number[] = [];
    const { accounts, queue } = await timedFanOut({
      rows: someRows(6_000),
      postsPerSecond: 2_000,
      outcomeOf: ({ at }) => {
        posted.push(at - NOW_SECONDS * 1_000);
        return posted.length % 4 === 0 ? 'throttled' : 'delivered';
      },
    });
    const inHalf = (half: number): number => posted.filter((at) => Math.floor(at / 500) === half).length;
    expect(inHalf(0)).toBeGreaterThan(1_000);
    expect(inHalf(2)).toBeLessThan(600);
    const [account] = accounts;
    expect((account?.delivered ?? 0) + (account?.deferred ?? 0)).toBe(6_000);
    expect(queue.sent.map(sizeOf).reduce((sum, size) => sum + size, 0)).toBe(account?.deferred);
  });

  it('stops after many 403s in a row, deletes nothing, and hands everything over', async () => {
    const { accounts, connections, forbidden, poster, queue } = await timedFanOut({
      rows: someRows(50_000),
      targetMs: 20_000,
      outcomeOf: () => 'forbidden',
    });
    expect(forbidden).toBe('simulated forbidden');
    expect(poster.posts.length).toBeLessThan(200);
    expect(connections.deleted).toEqual([]);
    const [account] = accounts;
    expect(account).toMatchObject({ scanHandedOver: true, deferred: account?.scanned });
    expect(queue.sent.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(queue.sent.some(({ cursor }) => cursor)).toBe(true);
    expect(Math.min(...queue.delaysSeconds)).toBeGreaterThan(0);
  });

  it('dead-letters a message for the one connection that got 413, and delivers it to all others', async () => {
    const { accounts, poster, queue } = await timedFanOut({
      rows: someRows(243),
      outcomeOf: ({ connectionId }) => (connectionId === 'c000000' ? 'too-large' : 'delivered'),
    });
    expect(poster.posts).toHaveLength(243);
    expect(accounts).toMatchObject([{ delivered: 242, undelivered: 1 }]);
    expect(queue.deadLetters.map(({ record }) => Object.keys(JSON.parse(record).connections))).toEqual([['c000000']]);
  });

  it('dead-letters a message for all connections after two 413s, and delivers the other messages', async () => {
    const { accounts, poster, queue } = await timedFanOut({
      broadcasts: [{}, {}],
      rows: someRows(1_000),
      outcomeOf: ({ data }) => (data === 'd1' ? 'too-large' : 'delivered'),
    });
    expect(poster.posts.filter(({ data }) => data === 'd1').length).toBeLessThanOrEqual(64);
    expect(accounts).toMatchObject([{ undelivered: 1_000 }, { delivered: 1_000 }]);
    expect(queue.deadLetters.map(({ reason }) => reason)).toEqual(['too-large']);
    expect(queue.sent).toEqual([]);
  });

  it('ends in time if a post never ends, and counts the post as unknown', async () => {
    const { accounts, queue, tookMs } = await timedFanOut({
      rows: someRows(3),
      outcomeOf: ({ connectionId }) => (connectionId === 'c000000' ? 'never' : 'delivered'),
    });
    expect(accounts).toMatchObject([{ delivered: 2, unknown: 1, deferred: 1 }]);
    expect(queue.sent).toMatchObject([{ attempts: 1, connections: { c000000: [NOW_SECONDS - 600, LATER] } }]);
    expect(tookMs).toBe(14_500);
  });

  it('hands the whole scan over if the table is down', async () => {
    const connections = new FakeConnectionTable({ rows: someRows(3) });
    connections.down = true;
    const { accounts, failed, problems, queue } = await timedFanOut({ connections });
    expect(failed).toEqual([]);
    expect(problems).toMatchObject([{ kind: 'scan' }]);
    expect(accounts).toMatchObject([{ ...NONE, scanHandedOver: true }]);
    expect(queue.sent).toMatchObject([{ id: 'b1', attempts: 1 }]);
    expect(queue.sent[0]).not.toHaveProperty('cursor');
    expect(queue.delaysSeconds).toEqual([1]);
  });

  it('hands the cursor over for each broadcast if the table fails in the middle', async () => {
    const connections = new FakeConnectionTable({ rows: someRows(25), pageSize: 10 });
    const read = connections.scanPage.bind(connections);
    connections.scanPage = (cursor) => (cursor === 'c000019' ? Promise.reject(new Error('throttled')) : read(cursor));
    const { accounts, queue } = await timedFanOut({ broadcasts: [{}, {}], connections });
    expect(accounts).toMatchObject([
      { scanned: 20, delivered: 20, scanHandedOver: true },
      { scanned: 20, delivered: 20, scanHandedOver: true },
    ]);
    expect(queue.sent).toMatchObject([
      { id: 'b1', cursor: 'c000019', attempts: 0 },
      { id: 'b2', cursor: 'c000019', attempts: 0 },
    ]);
  });

  it('continues from a cursor', async () => {
    const { poster } = await timedFanOut({ broadcasts: [{ cursor: 'c000001' }], rows: someRows(4) });
    expect(poster.posts.map(({ connectionId }) => connectionId)).toEqual(['c000002', 'c000003']);
  });

  it('posts a segment to its connections only, and scans nothing', async () => {
    const { accounts, connections, poster } = await timedFanOut({
      broadcasts: [{ connections: { c000001: [1, LATER], c000002: [2, LATER] }, attempts: 3 }],
      rows: someRows(4),
    });
    expect(poster.posts.map(({ connectionId }) => connectionId)).toEqual(['c000001', 'c000002']);
    expect(accounts).toMatchObject([{ ...NONE, carried: 2, delivered: 2, attempts: 3 }]);
    expect(connections.scannedPages).toBe(0);
  });

  it('posts nothing to a connection whose token expired while it was in a segment', async () => {
    const { accounts, poster } = await timedFanOut({
      broadcasts: [{ connections: { c1: [1, NOW_SECONDS], c2: [1, LATER] } }],
    });
    expect(poster.posts.map(({ connectionId }) => connectionId)).toEqual(['c2']);
    expect(accounts).toMatchObject([{ ...NONE, carried: 2, delivered: 1, expired: 1 }]);
  });

  it('dead-letters a broadcast that expired before its scan', async () => {
    const { accounts, failed, queue, scansAt } = await timedFanOut({
      broadcasts: [{ expiresAt: NOW_SECONDS * 1_000 }],
      rows: someRows(3),
    });
    expect(queue.deadLetters).toMatchObject([{ reason: 'expired' }]);
    expect(accounts).toMatchObject([{ ...NONE, scanHandedOver: true }]);
    expect([failed, scansAt]).toEqual([[], []]);
  });

  it('dead-letters the rest of a scan during which the broadcast expires', async () => {
    const { accounts, queue } = await timedFanOut({
      broadcasts: [{ expiresAt: NOW_SECONDS * 1_000 + 500 }],
      rows: someRows(30),
      pageSize: 10,
      scanMs: 300,
    });
    expect(accounts).toMatchObject([{ scanned: 20, delivered: 10, expired: 10, scanHandedOver: true }]);
    expect(queue.deadLetters.map(({ reason, record }) => [reason, JSON.parse(record).cursor])).toEqual([
      ['expired', 'c000019'],
    ]);
  });

  it('counts the connections of a segment that has expired', async () => {
    const { accounts, queue } = await timedFanOut({
      broadcasts: [{ expiresAt: NOW_SECONDS * 1_000, connections: { c1: [1, LATER], c2: [2, LATER] } }],
    });
    expect(accounts).toMatchObject([{ ...NONE, carried: 2, expired: 2 }]);
    expect(queue.deadLetters).toEqual([]);
  });

  it.each([0, 200, 499])('begins nothing with %d ms left, and fails the records unchanged', async (leftMs) => {
    const { accounts, failed, poster, queue, scansAt } = await timedFanOut({
      broadcasts: [{}, { connections: { c000001: [1, LATER] } }],
      rows: someRows(3),
      leftMs,
    });
    expect(failed).toEqual(['m1', 'm2']);
    expect(accounts).toMatchObject([
      { ...NONE, failed: true },
      { ...NONE, carried: 1, deferred: 1, failed: true },
    ]);
    expect([poster.posts, queue.sent, queue.deadLetters, scansAt]).toEqual([[], [], [], []]);
  });

  it('dead-letters the rest if the broadcast queue refuses it, and repeats no post', async () => {
    const queue = new FakeBroadcastQueue();
    queue.send = () => Promise.reject(new Error('access denied'));
    const { accounts, failed, poster, problems } = await timedFanOut({
      rows: someRows(1_000),
      queue,
      outcomeOf: ({ connectionId }) => (connectionId === 'c000000' ? 'throttled' : 'delivered'),
    });
    expect(failed).toEqual([]);
    expect(accounts).toMatchObject([{ delivered: 999, undelivered: 1 }]);
    expect(queue.deadLetters).toMatchObject([{ reason: 'refused' }]);
    expect(problems[0]).toEqual({ kind: 'queue', error: new Error('access denied') });
    expect(poster.posts.filter(({ connectionId }) => connectionId !== 'c000000')).toHaveLength(999);
  });

  it('fails only the record whose remainder both queues refuse', async () => {
    const queue = new FakeBroadcastQueue();
    queue.down = true;
    const { accounts, failed } = await timedFanOut({
      broadcasts: [{}, {}],
      rows: someRows(3),
      queue,
      outcomeOf: ({ connectionId, data }) => (data === 'd2' && connectionId === 'c000000' ? 'failed' : 'delivered'),
    });
    expect(failed).toEqual(['m2']);
    expect(accounts).toMatchObject([
      { delivered: 3, failed: false },
      { delivered: 2, deferred: 1, failed: true },
    ]);
  });

  it('counts rows that the table does not delete, and fails no record for them', async () => {
    const connections = new FakeConnectionTable({ rows: someRows(3) });
    connections.deleteMany = () => Promise.reject(new Error('throttled'));
    const { failed, undeletedRows, accounts } = await timedFanOut({ connections, outcomeOf: () => 'gone' });
    expect([failed, undeletedRows]).toEqual([[], 3]);
    expect(accounts).toMatchObject([{ stale: 3 }]);
  });

  it('says when the first and the last message were delivered', async () => {
    const { accounts } = await timedFanOut({ rows: someRows(1_000), postsPerSecond: 1_000 });
    const [{ firstDeliveredAt = 0, lastDeliveredAt = 0, sentAt } = { sentAt: 0 }] = accounts;
    expect(firstDeliveredAt - sentAt).toBe(20);
    expect(lastDeliveredAt - sentAt).toBeGreaterThan(900);
    expect(lastDeliveredAt - sentAt).toBeLessThan(1_000);
  });

  it('counts a post as unknown if the poster throws', async () => {
    const { accounts, queue } = await timedFanOut({
      rows: someRows(2),
      outcomeOf: ({ connectionId }) => {
        if (connectionId === 'c000000') throw new Error('thrown by the poster');
        return 'delivered';
      },
    });
    expect(accounts).toMatchObject([{ delivered: 1, unknown: 4, deferred: 1 }]);
    expect(queue.sent).toHaveLength(1);
  });
});
