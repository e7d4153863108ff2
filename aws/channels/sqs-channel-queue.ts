import { randomUUID } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ChannelRecord } from '../../schemas/channels/channel-record.ts';
import type { DeadLetter } from '../../schemas/dead-letter.ts';
import { readEnvironment } from '../../schemas/environment.ts';
import { createSqsClient, toMessageBody } from '../queue/sqs-messages.ts';
import type { ChannelQueue } from './channel-queue.ts';

export interface SqsChannelQueueOptions {
  /** URL of a FIFO queue. */
  queueUrl: string;
  /** Default: `FAN_OUT_CHANNEL_DEAD_LETTER_QUEUE_URL` of the environment, which only a dead letter needs. */
  deadLetterQueueUrl?: string | undefined;
  /** Default: a client with the region, credentials and endpoint of the environment. */
  client?: SQSClient;
}

/**
 * The channel queue in SQS.
 * @throws the SDK's own errors, after the SDK's three attempts.
 */
export class SqsChannelQueue implements ChannelQueue {
  readonly #queueUrl: string;
  readonly #deadLetterQueueUrl: string | undefined;
  readonly #client: SQSClient;

  constructor({ queueUrl, deadLetterQueueUrl, client = createSqsClient() }: SqsChannelQueueOptions) {
    this.#queueUrl = queueUrl;
    this.#deadLetterQueueUrl = deadLetterQueueUrl;
    this.#client = client;
  }

  async send(record: ChannelRecord, deduplicationId: string = randomUUID()): Promise<void> {
    await this.#send(this.#queueUrl, record, record.channel, deduplicationId);
  }

  async deadLetter(letter: DeadLetter, group: string): Promise<void> {
    const queueUrl = this.#deadLetterQueueUrl ?? readEnvironment('FAN_OUT_CHANNEL_DEAD_LETTER_QUEUE_URL');
    await this.#send(queueUrl, letter, group, randomUUID());
  }

  async #send(QueueUrl: string, value: object, MessageGroupId: string, MessageDeduplicationId: string): Promise<void> {
    const MessageBody = toMessageBody(value);
    await this.#client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId }));
  }
}
