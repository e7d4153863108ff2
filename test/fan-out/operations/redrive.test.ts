import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqsChannelQueue } from '../../../aws/channels/sqs-channel-queue.ts';
import { createQueueClient } from '../../../aws/queue/broadcast-from-backend.ts';
import { SqsBroadcastQueue } from '../../../aws/queue/sqs-broadcast-queue.ts';
import { SqsDeadLetters } from '../../../aws/queue/sqs-dead-letters.ts';
import { type RedrivenLetter, type RedriveOptions, redrive } from '../../../fan-out/operations/redrive.ts';
import { BROADCAST_LIFE_MS } from '../../../schemas/quotas.ts';
import { startSqs, type TestSqs } from '../../support/start-sqs.ts';

const NOW = 1_800_000_000_000;
let sqs: TestSqs;
beforeAll(async () => {
  sqs = await startSqs();
});
afterAll(() => sqs.stop());

const createFifoQueue = () => {
  const name = `queue-${randomUUID()}.fifo`;
  return { name, url: sqs.createQueue(name, { FifoQueue: 'true', DeduplicationScope: 'messageGroup' }) };
};
const createQueue = (...bodies: string[]) => {
  const name = `queue-${randomUUID()}`;
  const url = sqs.createQueue(name);
  for (const body of bodies) sqs.send(name, body);
  return { name, url };
};
const optionsFor = (queueUrl: string) => ({ queueUrl, client: createQueueClient(queueUrl), waitSeconds: 0 });
const inside = (name: string) => {
  const { visible, inFlight } = sqs.inside(name);
  return { visible, hidden: inFlight.length };
};
const letterOf = (reason: string, record: unknown): string =>
  JSON.stringify({
    v: 1,
    reason,
    diedAt: NOW - 1,
    record: typeof record === 'string' ? record : JSON.stringify(record),
  });

const run = async (dead: { url: string }, source: { url: string }, options: Partial<RedriveOptions> = {}) => {
  const letters: RedrivenLetter[] = [];
  await redrive({
    deadLetters: new SqsDeadLetters(optionsFor(dead.url)),
    queue: { broadcasts: new SqsBroadcastQueue(optionsFor(source.url)) },
    dryRun: false,
    now: () => NOW,
    onLetter: (letter) => letters.push(letter),
    ...options,
  });
  return letters;
};

const dead = (reason: string, id: string) =>
  letterOf(reason, { v: 1, id, data: 'x', sentAt: 5, expiresAt: NOW - 5, attempts: 9, connections: { c1: 7 } });

describe('redrive', () => {
  it('sends letters back as records with all their attempts and ten minutes to live, and deletes them', async () => {
    const [queue, source] = [createQueue(dead('slow', 'a'), dead('failed', 'b')), createQueue()];
    const letters = await run(queue, source);
    expect(letters).toMatchObject([
      { outcome: 'sent', reason: 'slow' },
      { outcome: 'sent', reason: 'failed' },
    ]);
    const sent = inside(source.name).visible.map((body) => JSON.parse(body));
    const rest = {
      v: 1,
      data: 'x',
      sentAt: 5,
      attempts: 0,
      expiresAt: NOW + BROADCAST_LIFE_MS,
      connections: { c1: 7 },
    };
    expect(sent).toEqual([
      { ...rest, id: 'a' },
      { ...rest, id: 'b' },
    ]);
    expect(inside(queue.name)).toEqual({ visible: [], hidden: 0 });
  });

  it('sends a bare record back with its message id as its id', async () => {
    const [queue, source] = [createQueue('{"v":1,"data":"raw"}'), createQueue()];
    const [letter] = await run(queue, source);
    const [sent] = inside(source.name).visible.map((body) => JSON.parse(body));
    expect(sent).toMatchObject({ data: 'raw', id: letter?.messageId });
  });

  it('leaves and releases messages that are not records, too large, or not asked for', async () => {
    const stay = ['junk', dead('too-large', 'a'), dead('slow', 'b')];
    const [queue, source] = [createQueue(...stay, dead('forbidden', 'c')), createQueue()];
    const letters = await run(queue, source, { reasons: new Set(['forbidden', 'too-large', 'unfinished']) });
    expect(letters.map(({ outcome }) => outcome)).toEqual(['left', 'left', 'left', 'sent']);
    const left = inside(queue.name);
    expect(left.hidden).toBe(0);
    expect(left.visible.toSorted()).toEqual(stay.toSorted());
  });

  it('lists in a dry run the letters it would send, and sends and hides nothing', async () => {
    const bodies = Array.from({ length: 23 }, (_, index) => dead('slow', `broadcast-${index}`));
    const [queue, source] = [createQueue(...bodies), createQueue()];
    const letters = await run(queue, source, { dryRun: true });
    expect(letters).toHaveLength(23);
    expect(new Set(letters.map(({ record }) => record?.id)).size).toBe(23);
    expect(letters.every(({ outcome }) => outcome === 'would-be-sent')).toBe(true);
    expect(inside(source.name)).toEqual({ visible: [], hidden: 0 });
    expect(inside(queue.name)).toMatchObject({ visible: { length: 23 }, hidden: 0 });
  });

  it('keeps a letter that the queue refuses', async () => {
    const [queue, source] = [createQueue(dead('slow', 'a')), createQueue()];
    const client = new SQSClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      maxAttempts: 1,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    const letters = await run(queue, source, {
      queue: { broadcasts: new SqsBroadcastQueue({ queueUrl: source.url, client }) },
    });
    expect(letters).toMatchObject([{ outcome: 'refused', error: expect.anything() }]);
    expect(inside(queue.name)).toMatchObject({ visible: { length: 1 }, hidden: 0 });
  });

  it('reports a letter that was sent but not deleted', async () => {
    const [queue, source] = [createQueue(dead('slow', 'a')), createQueue()];
    class Undeletable extends SqsDeadLetters {
      override async delete(): Promise<void> {
        throw new Error('no');
      }
    }
    const letters = await run(queue, source, { deadLetters: new Undeletable(optionsFor(queue.url)) });
    expect(letters).toMatchObject([{ outcome: 'sent-not-deleted' }]);
    expect(inside(source.name).visible).toHaveLength(1);
    expect(inside(queue.name).visible).toHaveLength(1);
  });
});

describe('redrive of the queue of channels', () => {
  const message = (id: string, channel = 'room:1') => ({ v: 1 as const, channel, data: { text: id }, id, at: 5 });
  /** Sends each as a letter of the fan-out, or with the reason `unfinished` as SQS moves it. */
  const createLetters = async (...letters: [reason: string, record: { channel: string }][]) => {
    const queue = createFifoQueue();
    const fifo = new SqsChannelQueue({ ...optionsFor(queue.url), deadLetterQueueUrl: queue.url });
    for (const [reason, record] of letters) {
      if (reason === 'unfinished') await fifo.send(record as never);
      else await fifo.deadLetter(JSON.parse(letterOf(reason, record)), record.channel);
    }
    return queue;
  };
  const channelsOf = ({ url }: { url: string }) => ({ queue: { channels: new SqsChannelQueue(optionsFor(url)) } });
  const recordsOf = (name: string) => inside(name).visible.map((body) => JSON.parse(body));

  it('sends letters and bare records back in order, as messages of now with their ids', async () => {
    const { at, id, ...withoutId } = message('c');
    const queue = await createLetters(
      ['unknown-channel', message('a')],
      ['unfinished', message('b')],
      ['unfinished', withoutId],
      ['unfinished', { v: 1, channel: 'room:1', look: 'ann' } as never],
    );
    const source = createFifoQueue();
    const letters = await run(queue, source, channelsOf(source));
    expect(letters.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent', 'sent']);
    expect(recordsOf(source.name)).toEqual([
      { ...message('a'), at: NOW },
      { ...message('b'), at: NOW },
      { ...message('c'), id: letters[2]?.messageId, at: NOW },
      { v: 1, channel: 'room:1', look: 'ann', at: NOW },
    ]);
    expect(inside(queue.name)).toEqual({ visible: [], hidden: 0 });
  });

  it('sends the letters of a channel back to it, however many it has', async () => {
    const ids = Array.from({ length: 23 }, (_, index) => `m${index}`);
    const queue = await createLetters(...ids.map((id): [string, { channel: string }] => ['unfinished', message(id)]));
    const source = createFifoQueue();
    await run(queue, source, channelsOf(source));
    expect(recordsOf(source.name).map(({ id }) => id)).toEqual(ids);
  });

  it('leaves letters that are too large, of no channel, empty or not asked for', async () => {
    const queue = await createLetters(
      ['too-large', message('a', 'room:1')],
      ['unreadable', { ...message('b', 'room:2'), data: '' } as never],
      ['unfinished', message('c', 'room:3')],
    );
    const fifo = new SqsChannelQueue({ ...optionsFor(queue.url), deadLetterQueueUrl: queue.url });
    await fifo.deadLetter(JSON.parse(letterOf('unreadable', 'junk')), 'room:4');
    await fifo.deadLetter(JSON.parse(letterOf('unreadable', { v: 1, data: 'a broadcast' })), 'room:5');
    const source = createFifoQueue();
    const reasons = new Set(['too-large', 'unreadable']);
    const letters = await run(queue, source, { ...channelsOf(source), reasons });
    expect(letters.map(({ outcome }) => outcome)).toEqual(Array(5).fill('left'));
    expect(inside(source.name)).toEqual({ visible: [], hidden: 0 });
    expect(inside(queue.name)).toMatchObject({ visible: { length: 5 }, hidden: 0 });
  });

  it('leaves a message of a channel in the dead-letter queue of broadcasts', async () => {
    const [queue, source] = [createQueue(JSON.stringify(message('a'))), createQueue()];
    expect(await run(queue, source)).toMatchObject([{ outcome: 'left' }]);
    expect(inside(source.name).visible).toEqual([]);
    expect(inside(queue.name).visible).toHaveLength(1);
  });
});
