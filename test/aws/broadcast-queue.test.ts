import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { FakeBroadcastQueue } from '../../aws/fake-broadcast-queue.ts';
import { SqsBroadcastQueue } from '../../aws/sqs-broadcast-queue.ts';
import { MAX_QUEUE_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { broadcastQueueContract } from './broadcast-queue.contract.ts';
import { useLocalCredentials } from './use-local-credentials.ts';

broadcastQueueContract('FakeBroadcastQueue', {
  start: async () => {
    const queue = new FakeBroadcastQueue();
    return {
      queue,
      sent: () => queue.sent.map((record, index) => ({ record, delayed: queue.delaysSeconds[index] !== 0 })),
      deadLetters: () => queue.deadLetters,
    };
  },
  startDown: async () => Object.assign(new FakeBroadcastQueue(), { down: true }),
});

let sqs: FauxqsServer;

beforeAll(async () => {
  sqs = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
  useLocalCredentials({ AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${sqs.port}` });
});
afterAll(() => sqs.stop());

const createQueue = () => {
  const name = `queue-${randomUUID()}`;
  sqs.createQueue(name, { attributes: { MaximumMessageSize: String(MAX_QUEUE_MESSAGE_BYTES) } });
  return { name, url: `http://127.0.0.1:${sqs.port}/000000000000/${name}` };
};
const inside = (name: string) => {
  const { ready = [], delayed = [] } = sqs.inspectQueue(name)?.messages ?? {};
  return [
    ...ready.map(({ body }) => ({ record: JSON.parse(body), delayed: false })),
    ...delayed.map(({ body }) => ({ record: JSON.parse(body), delayed: true })),
  ];
};

broadcastQueueContract('SqsBroadcastQueue on fauxqs', {
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
  it('says which variable the dead-letter queue comes from', async () => {
    const queue = new SqsBroadcastQueue({ queueUrl: createQueue().url });
    await expect(queue.deadLetter({ v: 1, reason: 'failed', diedAt: 1, record: '{}' })).rejects.toThrow(
      'The environment variable DEAD_LETTER_QUEUE_URL is not set',
    );
  });
});
