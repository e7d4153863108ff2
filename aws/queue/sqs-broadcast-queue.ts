import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import type { EndedRecord } from '../../schemas/channels/ended-record.ts';
import type { DeadLetter } from '../../schemas/dead-letter.ts';
import { readEnvironment } from '../../schemas/environment.ts';
import type { BroadcastQueue, SendOptions } from './broadcast-queue.ts';

export interface SqsBroadcastQueueOptions {
  queueUrl: string;
  /** Default: `FAN_OUT_DEAD_LETTER_QUEUE_URL` of the environment, which only a dead letter needs. */
  deadLetterQueueUrl?: string | undefined;
  /** Default: a client with the region, credentials and endpoint of the environment. */
  client?: SQSClient;
}

/** Our choice: longest wait for one call, in milliseconds. The SDK tries it three times: a record may be sent twice. */
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

  async send(record: BroadcastRecord | EndedRecord, { delaySeconds }: SendOptions = {}): Promise<void> {
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
 * Escapes U+FFFE and U+FFFF, which SQS refuses. JSON escapes the other characters that SQS refuses.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const toBody = (value: BroadcastRecord | EndedRecord | DeadLetter): string =>
  JSON.stringify(value).replaceAll(/[\uFFFE\uFFFF]/g, (refused) => `\\u${refused.charCodeAt(0).toString(16)}`);
