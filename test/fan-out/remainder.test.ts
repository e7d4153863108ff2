import { describe, expect, it } from '@jest/globals';
import { FakeBroadcastQueue } from '../../aws/fake-broadcast-queue.ts';
import { MAX_MESSAGE_BYTES, MAX_QUEUE_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { aDelivery } from '../builders/a-delivery.ts';

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `PJqB0fHsq${String(index).padStart(6, '0')}=`);
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('Remainder', () => {
  it('queues segments of 5,000 connections', async () => {
    const queue = new FakeBroadcastQueue();
    const { remainder, account } = aDelivery({}, { queue });
    for (const id of ids(12_000)) remainder.add('untried', id, 1_795_219_006);
    await remainder.close();
    const sizes = queue.sent.map(({ connections }) => Object.keys(connections ?? {}).length);
    expect(sizes).toEqual([5_000, 5_000, 2_000]);
    expect(new Set(queue.sent.flatMap(({ connections }) => Object.keys(connections ?? {})))).toEqual(
      new Set(ids(12_000)),
    );
    expect(account).toMatchObject({ deferred: 12_000, undelivered: 0, failed: false });
  });

  it.each([
    ['text', 'a'],
    ['quotes', '"'],
    ['control characters', '\u0001'],
    ['what is escaped for SQS', '\uFFFE\uFFFE'],
    ['emoji', '\u{1F600}'],
  ])('keeps records and dead letters of the largest message, of %s, below what SQS takes', async (_, text) => {
    const queue = new FakeBroadcastQueue();
    const data = text.repeat(Math.floor(MAX_MESSAGE_BYTES / Buffer.byteLength(text)));
    const { remainder, account } = aDelivery({ data }, { queue });
    for (const id of ids(5_000)) remainder.add('failed', id, 1_795_219_006);
    for (const id of ids(5_000)) remainder.add('too-large', id, 1_795_219_006);
    await remainder.close();
    const escapes = (value: unknown): number => 4 * (JSON.stringify(value).match(/[\uFFFE\uFFFF]/g)?.length ?? 0);
    for (const message of [...queue.sent, ...queue.deadLetters]) {
      expect(bytesOf(message) + escapes(message)).toBeLessThanOrEqual(MAX_QUEUE_MESSAGE_BYTES);
    }
    expect(account).toMatchObject({ deferred: 5_000, undelivered: 5_000 });
  });

  it('keeps reasons apart, and counts an attempt where there was one', async () => {
    const queue = new FakeBroadcastQueue();
    const { remainder } = aDelivery({ attempts: 3, except: 'c9' }, { queue });
    remainder.add('untried', 'c1', 1);
    remainder.add('connecting', 'c2', 2);
    await remainder.close();
    expect(queue.sent).toMatchObject([
      { id: 'b1', attempts: 3, except: 'c9', connections: { c1: 1 } },
      { id: 'b1', attempts: 4, except: 'c9', connections: { c2: 2 } },
    ]);
    expect(queue.delaysSeconds).toEqual([0, 8]);
  });

  it('dead-letters what has used its attempts up as one letter, ready to be sent again', async () => {
    const queue = new FakeBroadcastQueue();
    const { remainder, account } = aDelivery({ attempts: 9 }, { queue });
    remainder.add('slow', 'c1', 1);
    remainder.add('slow', 'c2', 2);
    await remainder.close();
    expect(queue.deadLetters).toMatchObject([{ v: 1, reason: 'slow' }]);
    expect(JSON.parse(queue.deadLetters[0]?.record ?? '')).toMatchObject({
      id: 'b1',
      attempts: 0,
      connections: { c1: 1, c2: 2 },
    });
    expect(account).toMatchObject({ deferred: 0, undelivered: 2 });
  });

  it('hands a scan over where it stood', async () => {
    const queue = new FakeBroadcastQueue();
    const { remainder, account } = aDelivery({ cursor: 'c1' }, { queue });
    remainder.addScan('untried', 'c7');
    await remainder.close();
    expect(queue.sent).toMatchObject([{ id: 'b1', attempts: 0, cursor: 'c7' }]);
    expect(account).toMatchObject({ scanHandedOver: true, deferred: 0 });
  });

  it('fails the record where a queue refuses what is left, and counts it as deferred with the record', async () => {
    const queue = new FakeBroadcastQueue();
    queue.down = true;
    const { remainder, account } = aDelivery({ attempts: 9 }, { queue });
    remainder.add('slow', 'c1', 1);
    remainder.add('untried', 'c2', 2);
    await remainder.close();
    expect(account).toMatchObject({ failed: true, deferred: 2, undelivered: 0 });
  });

  it('fails the record where no queue has answered when the function ends', () => {
    const queue = new FakeBroadcastQueue();
    queue.send = () => new Promise(() => {});
    const { remainder, account } = aDelivery({}, { queue });
    remainder.add('untried', 'c1', 1);
    void remainder.close();
    remainder.abandon();
    expect(account).toMatchObject({ failed: true, deferred: 1 });
  });

  it('keeps an id that is a name of objects', async () => {
    const queue = new FakeBroadcastQueue();
    const { remainder } = aDelivery({}, { queue });
    remainder.add('untried', '__proto__', 5);
    await remainder.close();
    expect(JSON.stringify(queue.sent)).toContain('"__proto__":5');
  });
});
