import { describe, expect, it } from '@jest/globals';
import { MAX_ATTEMPTS, planHandOver } from '../../../fan-out/records/hand-over.ts';
import { MAX_MESSAGE_BYTES, MAX_QUEUE_MESSAGE_BYTES } from '../../../schemas/quotas.ts';
import { FakeBroadcastQueue } from '../../../testing/fake-services.ts';
import { accountOf, aDelivery } from '../../support/a-delivery.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `PJqB0fHsq${String(index).padStart(6, '0')}=`);
const NOW = 1_795_219_010_000;
const TTL = 1_795_226_506;
const aRow = (connectionId: string, connectedAt: number) => ({ connectionId, connectedAt, ttl: TTL });
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('Remainder', () => {
  it('queues segments of 5,000 connections', async () => {
    const queue = new FakeBroadcastQueue();
    const delivery = aDelivery({}, { queue });
    const { remainder } = delivery;
    for (const id of ids(12_000)) remainder.add('untried', aRow(id, 1_795_219_006));
    await remainder.close();
    const sizes = queue.sent.map(({ connections }) => Object.keys(connections ?? {}).length);
    expect(sizes).toEqual([5_000, 5_000, 2_000]);
    expect(new Set(queue.sent.flatMap(({ connections }) => Object.keys(connections ?? {})))).toEqual(
      new Set(ids(12_000)),
    );
    expect(accountOf(delivery)).toMatchObject({ deferred: 12_000, undelivered: 0, failed: false });
  });

  it.each([
    ['text', 'a'],
    ['quotes', '"'],
    ['control characters', '\u0001'],
    ['characters that are escaped for SQS', '\uFFFE\uFFFE'],
    ['emoji', '\u{1F600}'],
  ])('keeps records and dead letters of the largest message, of %s, within the limit of SQS', async (_, text) => {
    const queue = new FakeBroadcastQueue();
    const data = text.repeat(Math.floor(MAX_MESSAGE_BYTES / Buffer.byteLength(text)));
    const delivery = aDelivery({ data }, { queue });
    const { remainder } = delivery;
    for (const id of ids(5_000)) remainder.add('failed', aRow(id, 1_795_219_006));
    for (const id of ids(5_000)) remainder.add('too-large', aRow(id, 1_795_219_006));
    await remainder.close();
    const escapes = (value: unknown): number => 4 * (JSON.stringify(value).match(/[\uFFFE\uFFFF]/g)?.length ?? 0);
    for (const message of [...queue.sent, ...queue.deadLetters]) {
      expect(bytesOf(message) + escapes(message)).toBeLessThanOrEqual(MAX_QUEUE_MESSAGE_BYTES);
    }
    expect(accountOf(delivery)).toMatchObject({ deferred: 5_000, undelivered: 5_000 });
  });

  it('sends each reason as its own segment, and counts an attempt if there was one', async () => {
    const queue = new FakeBroadcastQueue();
    const { remainder } = aDelivery({ attempts: 3, except: 'c9' }, { queue });
    remainder.add('untried', aRow('c1', 1));
    remainder.add('connecting', aRow('c2', 2));
    await remainder.close();
    expect(queue.sent).toMatchObject([
      { id: 'b1', attempts: 3, except: 'c9', connections: { c1: [1, TTL] } },
      { id: 'b1', attempts: 4, except: 'c9', connections: { c2: [2, TTL] } },
    ]);
    expect(queue.delaysSeconds).toEqual([0, 8]);
  });

  it('dead-letters connections without attempts left in one letter that can be redriven', async () => {
    const queue = new FakeBroadcastQueue();
    const delivery = aDelivery({ attempts: 9 }, { queue });
    const { remainder } = delivery;
    remainder.add('slow', aRow('c1', 1));
    remainder.add('slow', aRow('c2', 2));
    await remainder.close();
    expect(queue.deadLetters).toMatchObject([{ v: 1, reason: 'slow' }]);
    expect(JSON.parse(queue.deadLetters[0]?.record ?? '')).toMatchObject({
      id: 'b1',
      attempts: 0,
      connections: { c1: [1, TTL], c2: [2, TTL] },
    });
    expect(accountOf(delivery)).toMatchObject({ deferred: 0, undelivered: 2 });
  });

  it('hands a scan over with its cursor', async () => {
    const queue = new FakeBroadcastQueue();
    const delivery = aDelivery({ cursor: 'c1' }, { queue });
    const { remainder } = delivery;
    remainder.addScan('untried', 'c7');
    await remainder.close();
    expect(queue.sent).toMatchObject([{ id: 'b1', attempts: 0, cursor: 'c7' }]);
    expect(accountOf(delivery)).toMatchObject({ scanHandedOver: true, deferred: 0 });
  });

  it('asks a queue again after a refusal, and counts the connections as deferred once', async () => {
    const time = new VirtualTime(NOW, 1);
    const queue = new FakeBroadcastQueue();
    const send = queue.send.bind(queue);
    let refusals = 3;
    queue.send = (record, options) => (refusals-- > 0 ? Promise.reject(new Error('throttled')) : send(record, options));
    const delivery = aDelivery({}, { queue, timekeeper: time });
    delivery.remainder.add('untried', aRow('c1', 1));
    void delivery.remainder.close();
    await time.run();
    expect(queue.sent).toHaveLength(1);
    expect(accountOf(delivery)).toMatchObject({ deferred: 1, undelivered: 0, failed: false });
  });

  it('dead-letters a segment as refused if the broadcast queue refuses it, and fails no record', async () => {
    const time = new VirtualTime(NOW, 1);
    const queue = new FakeBroadcastQueue();
    queue.send = () => Promise.reject(new Error('access denied'));
    const problems: unknown[] = [];
    const delivery = aDelivery({}, { queue, timekeeper: time, onProblem: (problem) => problems.push(problem) });
    delivery.remainder.add('untried', aRow('c1', 1));
    void delivery.remainder.close();
    await time.run(NOW + 29_000);
    expect(queue.deadLetters).toMatchObject([{ reason: 'refused' }]);
    expect(queue.deadLetters[0]?.diedAt).toBeLessThanOrEqual(NOW + 17_000);
    expect(accountOf(delivery)).toMatchObject({ deferred: 0, undelivered: 1, failed: false });
    expect(problems[0]).toEqual({ kind: 'queue', error: new Error('access denied') });
  });

  it('queues a segment that the dead-letter queue refuses, for one more attempt a minute later', async () => {
    const time = new VirtualTime(NOW, 1);
    const queue = new FakeBroadcastQueue();
    queue.deadLetter = () => Promise.reject(new Error('access denied'));
    const delivery = aDelivery({ attempts: 9 }, { queue, timekeeper: time });
    delivery.remainder.add('slow', aRow('c1', 1));
    void delivery.remainder.close();
    await time.run(NOW + 29_000);
    expect(queue.sent).toMatchObject([{ attempts: 9, connections: { c1: [1, TTL] } }]);
    expect(queue.delaysSeconds).toEqual([60]);
    expect(accountOf(delivery)).toMatchObject({ deferred: 1, undelivered: 0, failed: false });
  });

  it('fails the record if both queues refuse the rest, and counts its connections as deferred', async () => {
    const time = new VirtualTime(NOW, 1);
    const queue = new FakeBroadcastQueue();
    queue.down = true;
    const delivery = aDelivery({ attempts: 9 }, { queue, timekeeper: time });
    delivery.remainder.add('slow', aRow('c1', 1));
    delivery.remainder.add('untried', aRow('c2', 2));
    void delivery.remainder.close();
    await time.run();
    expect(accountOf(delivery)).toMatchObject({ failed: true, deferred: 2, undelivered: 0 });
  });

  it('fails the record if its expired scan cannot be dead-lettered', async () => {
    const time = new VirtualTime(NOW, 1);
    const queue = new FakeBroadcastQueue();
    queue.deadLetter = () => Promise.reject(new Error('access denied'));
    const delivery = aDelivery({}, { queue, timekeeper: time });
    delivery.remainder.addScan('expired', undefined);
    void delivery.remainder.close();
    await time.run();
    expect(queue.sent).toEqual([]);
    expect(accountOf(delivery)).toMatchObject({ failed: true, deferred: 0 });
  });

  it('fails the record if no queue has answered when the function ends', () => {
    const queue = new FakeBroadcastQueue();
    queue.send = () => new Promise(() => {});
    const delivery = aDelivery({}, { queue, timekeeper: new VirtualTime(NOW, 1) });
    delivery.remainder.add('untried', aRow('c1', 1));
    void delivery.remainder.close();
    expect(accountOf(delivery)).toMatchObject({ failed: true, deferred: 1 });
  });

  it('fails the record if no queue has answered for the rest of its scan when the function ends', () => {
    const queue = new FakeBroadcastQueue();
    queue.send = () => new Promise(() => {});
    const delivery = aDelivery({}, { queue, timekeeper: new VirtualTime(NOW, 1) });
    delivery.remainder.addScan('untried', 'c7');
    expect(accountOf(delivery)).toMatchObject({ failed: true, scanHandedOver: true, deferred: 0 });
  });

  it('sends nothing if no queue has time to confirm', async () => {
    const queue = new FakeBroadcastQueue();
    const delivery = aDelivery({}, { queue, timekeeper: new VirtualTime(NOW, 1), answerBy: NOW + 50 });
    delivery.remainder.add('untried', aRow('c1', 1));
    await delivery.remainder.close();
    expect([queue.sent, queue.deadLetters]).toEqual([[], []]);
    expect(accountOf(delivery)).toMatchObject({ failed: true, deferred: 1 });
  });

  it('keeps records with unusual ids within the limit of SQS', async () => {
    const queue = new FakeBroadcastQueue();
    const { remainder } = aDelivery({ attempts: 9 }, { queue });
    for (let index = 0; index < 600; index++) remainder.add('slow', aRow(`${index}${'\u0001'.repeat(1_000)}`, 1));
    await remainder.close();
    for (const letter of queue.deadLetters) expect(bytesOf(letter)).toBeLessThanOrEqual(MAX_QUEUE_MESSAGE_BYTES);
    const carried = queue.deadLetters.flatMap(({ record }) => Object.keys(JSON.parse(record).connections));
    expect(carried).toHaveLength(600);
  });

  it('keeps an id that is also a property of objects', async () => {
    const queue = new FakeBroadcastQueue();
    const { remainder } = aDelivery({}, { queue });
    remainder.add('untried', aRow('__proto__', 5));
    await remainder.close();
    expect(JSON.stringify(queue.sent)).toContain('"__proto__":[5,');
  });
});

describe('planHandOver', () => {
  it('queues untried connections without delay, and counts no attempt', () => {
    expect(planHandOver('untried', 9, 0.5)).toEqual({ to: 'queue', attempts: 9, delaySeconds: 0 });
  });

  it.each(['slow', 'failed', 'forbidden'] as const)('doubles the delay after %s each time, with jitter', (reason) => {
    const delays = (random: number) =>
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((attempts) => planHandOver(reason, attempts, random)).map(delayOf);
    expect(delays(0.999)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(delays(0)).toEqual([1, 1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('gives a handshake more than its 30 seconds, whatever the random number', () => {
    const delays = [0, 1, 2, 3, 4, 5].map((attempts) => delayOf(planHandOver('connecting', attempts, 0)));
    expect(delays).toEqual([1, 2, 4, 8, 16, 32]);
  });

  it.each(['slow', 'failed', 'forbidden', 'connecting'] as const)(
    'dead-letters a segment that is %s after its last attempt',
    (reason) => {
      expect(planHandOver(reason, MAX_ATTEMPTS - 2, 0.5)).toMatchObject({ to: 'queue', attempts: MAX_ATTEMPTS - 1 });
      expect(planHandOver(reason, MAX_ATTEMPTS - 1, 0.5)).toEqual({ to: 'dead-letter', reason });
    },
  );

  it('dead-letters a message that is too large after the first attempt', () => {
    expect(planHandOver('too-large', 0, 0.5)).toEqual({ to: 'dead-letter', reason: 'too-large' });
  });
});

const delayOf = (handOver: ReturnType<typeof planHandOver>): number =>
  handOver.to === 'queue' ? handOver.delaySeconds : -1;
