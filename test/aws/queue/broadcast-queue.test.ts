import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqsBroadcastQueue } from '../../../aws/queue/sqs-broadcast-queue.ts';
import { FakeBroadcastQueue } from '../../../testing/fake-services.ts';
import { startSqs, type TestSqs } from '../../support/start-sqs.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { broadcastQueueContract } from './broadcast-queue.contract.ts';

broadcastQueueContract('FakeBroadcastQueue', {
  start: async () => {
    const queue = new FakeBroadcastQueue();
    return {
      queue,
      sent: () => [
        ...queue.sent.map((record, index) => ({ record, delayed: queue.delaysSeconds[index] !== 0 })),
        ...queue.ended.map(({ record, delaySeconds }) => ({ record, delayed: delaySeconds !== 0 })),
      ],
      deadLetters: () => queue.deadLetters,
    };
  },
  startDown: async () => Object.assign(new FakeBroadcastQueue(), { down: true }),
});

let sqs: TestSqs;

beforeAll(async () => {
  sqs = await startSqs();
  useLocalCredentials({ AWS_ENDPOINT_URL_SQS: sqs.endpoint });
});
afterAll(() => sqs.stop());

const createQueue = () => {
  const name = `queue-${randomUUID()}`;
  return { name, url: sqs.createQueue(name) };
};
const inside = (name: string) => {
  const { visible, delayed } = sqs.inside(name);
  return [
    ...visible.map((body) => ({ record: JSON.parse(body), delayed: false })),
    ...delayed.map((body) => ({ record: JSON.parse(body), delayed: true })),
  ];
};

broadcastQueueContract('SqsBroadcastQueue on the local SQS', {
  start: async () => {
    const [source, dead] = [createQueue(), createQueue()];
    return {
      queue: new SqsBroadcastQueue({ queueUrl: source.url, deadLetterQueueUrl: dead.url }),
      sent: () => inside(source.name),
      deadLetters: () => inside(dead.name).map(({ record }) => record),
    };
  },
  startDown: async () =>
    new SqsBroadcastQueue({
      queueUrl: 'http://127.0.0.1:1/000000000000/gone',
      deadLetterQueueUrl: 'http://127.0.0.1:1/000000000000/gone',
      client: new SQSClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
    }),
});

describe('SqsBroadcastQueue', () => {
  it('names the missing variable of the dead-letter queue', async () => {
    const queue = new SqsBroadcastQueue({ queueUrl: createQueue().url });
    await expect(queue.deadLetter({ v: 1, reason: 'failed', diedAt: 1, record: '{}' })).rejects.toThrow(
      'The environment variable FAN_OUT_DEAD_LETTER_QUEUE_URL is not set',
    );
  });
});
