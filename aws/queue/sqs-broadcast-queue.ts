import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import type { DeadLetter } from '../../schemas/dead-letter.ts';
import { readEnvironment } from '../../schemas/environment.ts';
import type { BroadcastQueue, SendOptions } from './broadcast-queue.ts';

export interface SqsBroadcastQueueOptions {
  queueUrl: string;
  /** Only the fan-out needs it. Default: `FAN_OUT_DEAD_LETTER_QUEUE_URL` of the environment, read by the first letter. */
  deadLetterQueueUrl?: string;
  /** Default: one that takes region, credentials and endpoint from the environment. */
  client?: SQSClient;
}

/** Ours: a call that takes longer hangs, in milliseconds. The SDK tries it three times, so a record may be sent twice. */
const REQUEST_TIMEOUT_MS = 3_000;

/**
 * The broadcast queue in SQS.
 * @throws the SDK's own errors, after the SDK's three attempts.
 */
export class SqsBroadcastQueue implements BroadcastQueue {
  readonly #queueUrl: string;
  readonly #deadLetterQueueUrl: string | undefined;
  readonly #client: SQSClient;

  constructor({ queueUrl, deadLetterQueueUrl, client }: SqsBroadcastQueueOptions) {
    this.#queueUrl = queueUrl;
    this.#deadLetterQueueUrl = deadLetterQueueUrl;
    this.#client =
      client ?? new SQSClient({ requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true } });
  }

  async send(record: BroadcastRecord, { delaySeconds }: SendOptions = {}): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: toBody(record), DelaySeconds: delaySeconds }),
    );
  }

  async deadLetter(letter: DeadLetter): Promise<void> {
    const QueueUrl = this.#deadLetterQueueUrl ?? readEnvironment('FAN_OUT_DEAD_LETTER_QUEUE_URL');
    await this.#client.send(new SendMessageCommand({ QueueUrl, MessageBody: toBody(letter) }));
  }
}

/**
 * SQS refuses U+FFFE and U+FFFF, which JSON may have in it raw; what else SQS refuses, JSON has escaped.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const toBody = (value: BroadcastRecord | DeadLetter): string =>
  JSON.stringify(value).replaceAll(/[\uFFFE\uFFFF]/g, (refused) => `\\u${refused.charCodeAt(0).toString(16)}`);
