import { describe, expect, it } from '@jest/globals';
import type { Received } from '../../../../../packages/local/engines/sqs/message.ts';
import { Queue } from '../../../../../packages/local/engines/sqs/queue.ts';

const DEAD = 'arn:aws:sqs:us-east-1:123456789012:dead';
const FIFO = { FifoQueue: 'true' };
const redrive = (maxReceiveCount: number) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: DEAD, maxReceiveCount }),
});

const aQueue = (attributes: Record<string, string> = {}, deadAttributes: Record<string, string> = {}) => {
  const time = { ms: 1_800_000_000_000 };
  let ids = 0;
  const options = { now: () => time.ms, newId: () => `id-${++ids}` };
  const kind = attributes.FifoQueue ? FIFO : {};
  const dead = new Queue({ arn: DEAD, attributes: { ...kind, ...deadAttributes }, ...options });
  const arn = 'arn:aws:sqs:us-east-1:123456789012:jobs';
  const queue = new Queue({ arn, attributes, ...options, findQueue: () => dead });
  let sent = 0;
  return {
    ...{ queue, dead, time },
    /** `groupId` is for FIFO queues. Each message gets its own deduplication id. */
    send: (body: string, groupId?: string, deduplicationId = String(++sent)) =>
      queue.send({
        ...{ body, md5OfBody: '', messageAttributes: {}, senderId: '' },
        ...(groupId !== undefined && { groupId, deduplicationId }),
      }),
    wait: (seconds: number) => {
      time.ms += seconds * 1_000;
    },
  };
};
const bodies = (messages: readonly Received[]) => messages.map(({ body }) => body);
const handleOf = ([message]: readonly Received[]): string => message?.receiptHandle ?? '';

describe('a FIFO queue', () => {
  it('delivers several messages of one group in order, and other groups in parallel', () => {
    const { queue, send } = aQueue(FIFO);
    for (const body of ['a1', 'a2', 'a3', 'a4']) send(body, 'a');
    send('b1', 'b');
    expect(bodies(queue.receive(3))).toEqual(['a1', 'a2', 'a3']);
    expect(bodies(queue.receive(10))).toEqual(['b1']);
  });

  it('locks a group until its last message in flight is deleted', () => {
    const { queue, send } = aQueue(FIFO);
    for (const body of ['a1', 'a2', 'a3']) send(body, 'a');
    const [first, second] = queue.receive(2);
    queue.delete(first?.receiptHandle ?? '');
    expect(queue.receive(10)).toEqual([]);
    queue.delete(second?.receiptHandle ?? '');
    expect(bodies(queue.receive(10))).toEqual(['a3']);
  });

  it('delivers a failed message again before the later messages of its group', () => {
    const { queue, send, wait } = aQueue(FIFO);
    for (const body of ['a1', 'a2', 'a3']) send(body, 'a');
    const [, second] = queue.receive(2);
    queue.delete(second?.receiptHandle ?? '');
    wait(30);
    expect(bodies(queue.receive(10))).toEqual(['a1', 'a3']);
  });

  it('refuses to delete by an expired receipt handle, even if the message was received again', () => {
    const { queue, send, wait } = aQueue(FIFO);
    send('a1', 'a');
    const old = handleOf(queue.receive(1));
    wait(30);
    expect(queue.delete(old)).toBe('expired');
    const latest = handleOf(queue.receive(1));
    expect(queue.delete(old)).toBe('expired');
    expect(queue.delete(latest)).toBe('deleted');
    expect(queue.counts()).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });

  it('accepts a deduplication id once in five minutes, even if its message was deleted', () => {
    const { queue, send, wait } = aQueue(FIFO);
    const first = send('x', 'a', 'same');
    queue.delete(handleOf(queue.receive(1)));
    wait(299);
    expect(send('y', 'b', 'same')).toEqual(first);
    expect(queue.receive(1)).toEqual([]);
    wait(1);
    expect(send('z', 'b', 'same')).not.toEqual(first);
    expect(bodies(queue.receive(1))).toEqual(['z']);
  });

  it('deduplicates within a group if that is its scope', () => {
    const { queue, send } = aQueue({ ...FIFO, DeduplicationScope: 'messageGroup' });
    for (const group of ['a', 'b', 'a']) send(group, group, 'same');
    expect(bodies(queue.receive(10))).toEqual(['a', 'b']);
  });

  it('takes messages back uncounted, and delivers them again only after the messages before them', () => {
    const { queue, send } = aQueue({ ...FIFO, ...redrive(1) });
    for (const body of ['a1', 'a2', 'a3']) send(body, 'a');
    const [first, ...rest] = queue.receive(10);
    queue.release(rest.map(({ receiptHandle }) => receiptHandle));
    expect(queue.receive(10)).toEqual([]);
    queue.delete(first?.receiptHandle ?? '');
    expect(queue.receive(10)).toMatchObject([
      { body: 'a2', receiveCount: 1 },
      { body: 'a3', receiveCount: 1 },
    ]);
  });

  it('applies a new delay to the messages that it already has', () => {
    const { queue, send, wait } = aQueue({ ...FIFO, DelaySeconds: '60' });
    send('a1', 'a');
    queue.setAttributes({ ...FIFO, DelaySeconds: '10' });
    wait(9);
    expect(queue.receive(1)).toEqual([]);
    wait(1);
    expect(bodies(queue.receive(1))).toEqual(['a1']);
  });

  it('delivers each message once and in order, even with faults', () => {
    const { queue, send, wait } = aQueue(FIFO);
    const draft = {
      body: 'slow',
      md5OfBody: '',
      messageAttributes: {},
      senderId: '',
      groupId: 'a',
      deduplicationId: 's',
    };
    queue.send(draft, { isDuplicated: true, faultDelayMs: 5_000 });
    send('fast', 'a');
    expect(queue.receive(10)).toEqual([]);
    wait(5);
    expect(bodies(queue.receive(10))).toEqual(['slow', 'fast']);
  });

  it('continues after a message that moves to the dead-letter queue, and its retention starts again there', () => {
    const { queue, dead, send, wait, time } = aQueue({ ...FIFO, ...redrive(1) });
    send('a1', 'a');
    send('a2', 'a');
    queue.receive(1);
    wait(30);
    expect(bodies(queue.receive(10))).toEqual(['a2']);
    const [letter] = dead.receive(10);
    expect(letter).toMatchObject({ body: 'a1', groupId: 'a', sentAtMs: time.ms, deadLetterQueueSourceArn: queue.arn });
    expect(letter?.sequenceNumber).toMatch(/^\d{20}$/);
  });
});

describe('a standard queue', () => {
  it('delivers messages that become visible at the same time in the order of their receives', () => {
    const { queue, send, wait } = aQueue();
    for (const body of ['1', '2', '3']) send(body);
    queue.receive(10);
    send('4');
    wait(30);
    expect(bodies(queue.receive(10))).toEqual(['4', '1', '2', '3']);
  });

  it('delivers messages in the order in which they become visible, even if time jumps past several', () => {
    const { queue, send, wait } = aQueue();
    for (const body of ['late', 'soon']) send(body);
    queue.receive(1, 20_000);
    queue.receive(1, 10_000);
    wait(60);
    expect(bodies(queue.receive(10))).toEqual(['soon', 'late']);
  });

  it('also deletes by an older receipt handle, but changes the visibility only by the last one', () => {
    const { queue, send, wait } = aQueue();
    send('x');
    const old = handleOf(queue.receive(1));
    wait(30);
    queue.receive(1);
    expect(queue.changeVisibility(old, 0)).toBe('not-in-flight');
    expect(queue.delete(old)).toBe('deleted');
    wait(30);
    expect(queue.receive(1)).toEqual([]);
  });

  it('keeps a message in flight for at most twelve hours after its receive', () => {
    const { queue, send, wait } = aQueue();
    send('x');
    const handle = handleOf(queue.receive(1, 43_200_000));
    wait(1);
    expect(queue.changeVisibility(handle, 43_200_000)).toBe('too-long');
    expect(queue.changeVisibility(handle, 43_199_000)).toBe('changed');
  });

  it('deletes a message when its retention has passed, which a dead-letter queue counts from the first send', () => {
    const { queue, dead, send, wait } = aQueue(
      { ...redrive(1), MessageRetentionPeriod: '600' },
      { MessageRetentionPeriod: '60' },
    );
    send('x');
    queue.receive(1);
    wait(59);
    expect(queue.receive(1)).toEqual([]);
    expect(dead.counts().visible).toBe(1);
    wait(1);
    expect(dead.counts().visible).toBe(0);
    expect(dead.receive(1)).toEqual([]);
  });

  it('shows the receives from all queues, and counts only its own for the dead-letter queue', () => {
    const { queue, dead, send, wait } = aQueue(redrive(2), redrive(2));
    send('x');
    for (let receive = 0; receive < 3; receive++) {
      queue.receive(1);
      wait(30);
    }
    expect(dead.receive(1)).toMatchObject([{ receiveCount: 3 }]);
    wait(30);
    expect(dead.receive(1)).toMatchObject([{ receiveCount: 4 }]);
  });

  it('keeps a message if its dead-letter queue does not exist', () => {
    const options = { now: () => 0, newId: () => 'id', findQueue: () => undefined };
    const queue = new Queue({ arn: 'jobs', attributes: redrive(1), ...options });
    queue.send({ body: 'x', md5OfBody: '', messageAttributes: {}, senderId: '' });
    queue.receive(1, 0);
    expect(bodies(queue.receive(1, 0))).toEqual(['x']);
  });

  it('is empty after a purge, which also removes messages in flight', () => {
    const { queue, send, wait } = aQueue();
    for (const body of ['1', '2']) send(body);
    const handle = handleOf(queue.receive(1));
    queue.purge();
    wait(60);
    expect(queue.receive(10)).toEqual([]);
    expect(queue.delete(handle)).toBe('deleted');
  });
});
