import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import type { EndedRecord } from '../../schemas/channels/ended-record.ts';
import type { DeadLetter } from '../../schemas/dead-letter.ts';
import { readEnvironment } from '../../schemas/environment.ts';
import type { BroadcastQueue, SendOptions } from './broadcast-queue.ts';
import { createSqsClient, toMessageBody } from './sqs-messages.ts';

export interface SqsBroadcastQueueOptions {
  queueUrl: string;
  /** Default: `FAN_OUT_DEAD_LETTER_QUEUE_URL` of the environment, which only a dead letter needs. */
  deadLetterQueueUrl?: string | undefined;
  /** Default: a client with the region, credentials and endpoint of the environment. */
  client?: SQSClient;
}

/**
 * The broadcast queue in SQS.
 * @throws the SDK's own errors, after the SDK's three attempts.
 */
export class SqsBroadcastQueue implements BroadcastQueue {
  readonly #queueUrl: string;
  readonly #deadLetterQueueUrl: string | undefined;
  readonly #client: SQSClient;

  constructor({ queueUrl, deadLetterQueueUrl, client = createSqsClient() }: SqsBroadcastQueueOptions) {
    this.#queueUrl = queueUrl;
    this.#deadLetterQueueUrl = deadLetterQueueUrl;
    this.#client = client;
  }

  async send(record: BroadcastRecord | EndedRecord, { delaySeconds }: SendOptions = {}): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: toMessageBody(record),
        DelaySeconds: delaySeconds,
      }),
    );
  }

  async deadLetter(letter: DeadLetter): Promise<void> {
    const QueueUrl = this.#deadLetterQueueUrl ?? readEnvironment('FAN_OUT_DEAD_LETTER_QUEUE_URL');
    await this.#client.send(new SendMessageCommand({ QueueUrl, MessageBody: toMessageBody(letter) }));
  }
}
