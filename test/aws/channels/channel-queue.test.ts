import { randomUUID } from 'node:crypto';
import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqsChannelQueue } from '../../../aws/channels/sqs-channel-queue.ts';
import { FakeChannelQueue } from '../../../testing/fake-channel-table.ts';
import { startSqs, type TestSqs } from '../../support/start-sqs.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { channelQueueContract } from './channel-queue.contract.ts';

channelQueueContract('FakeChannelQueue', {
  start: async () => {
    const queue = new FakeChannelQueue();
    return {
      queue,
      sent: async () => queue.sent,
      deadLetters: async () =>
        queue.deadLetters.map((letter, index) => ({ letter, group: queue.deadLetterGroups[index] as string })),
    };
  },
  startDown: async () => Object.assign(new FakeChannelQueue(), { down: true }),
});

let sqs: TestSqs;
let client: SQSClient;

beforeAll(async () => {
  sqs = await startSqs();
  useLocalCredentials({ AWS_ENDPOINT_URL_SQS: sqs.endpoint });
  client = new SQSClient();
});
afterAll(async () => {
  client.destroy();
  await sqs.stop();
});

/** A queue like the stack's. */
const createQueue = (): string =>
  sqs.createQueue(`queue-${randomUUID()}.fifo`, {
    FifoQueue: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
  });

const receive = async (QueueUrl: string): Promise<Message[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  return (await client.send(command)).Messages ?? [];
};

channelQueueContract('SqsChannelQueue on the local SQS', {
  start: async () => {
    const [queueUrl, deadLetterQueueUrl] = [createQueue(), createQueue()];
    return {
      queue: new SqsChannelQueue({ queueUrl, deadLetterQueueUrl }),
      sent: async () => (await receive(queueUrl)).map(({ Body = '' }) => JSON.parse(Body)),
      deadLetters: async () =>
        (await receive(deadLetterQueueUrl)).map(({ Body = '', Attributes }) => ({
          letter: JSON.parse(Body),
          group: Attributes?.MessageGroupId as string,
        })),
    };
  },
  startDown: async () =>
    new SqsChannelQueue({
      queueUrl: 'http://127.0.0.1:1/000000000000/gone.fifo',
      deadLetterQueueUrl: 'http://127.0.0.1:1/000000000000/gone.fifo',
      client: new SQSClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
    }),
});

describe('SqsChannelQueue', () => {
  it('sends each record in the group of its channel, with its deduplication id', async () => {
    const queueUrl = createQueue();
    await new SqsChannelQueue({ queueUrl }).send({ v: 1, channel: 'room:42', data: 1 }, 'm1');
    expect((await receive(queueUrl)).map(({ Attributes }) => Attributes)).toMatchObject([
      { MessageGroupId: 'room:42', MessageDeduplicationId: 'm1' },
    ]);
  });

  it('sends a deduplication id once for each channel', async () => {
    const queueUrl = createQueue();
    const queue = new SqsChannelQueue({ queueUrl });
    for (const [channel, data] of [
      ['room:1', 'first'],
      ['room:1', 'repeated'],
      ['room:2', 'of another channel'],
    ] as const)
      await queue.send({ v: 1, channel, data }, 'm1');
    const taken = (await receive(queueUrl)).map(({ Body = '' }) => JSON.parse(Body).data);
    expect(taken.sort()).toEqual(['first', 'of another channel']);
  });

  it('names the missing variable of the dead-letter queue', async () => {
    const queue = new SqsChannelQueue({ queueUrl: createQueue() });
    await expect(queue.deadLetter({ v: 1, reason: 'unreadable', diedAt: 1, record: '{}' }, 'room:42')).rejects.toThrow(
      'The environment variable FAN_OUT_CHANNEL_DEAD_LETTER_QUEUE_URL is not set',
    );
  });
});
