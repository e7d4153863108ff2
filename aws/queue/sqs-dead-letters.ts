import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetterMessage, DeadLetters } from './dead-letters.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MAX_MESSAGES = 10;
/** Our choice: how long a message is hidden, in seconds. SQS then releases it if the process was killed. */
const HOLD_SECONDS = 60;

export interface SqsDeadLettersOptions {
  queueUrl: string;
  client: SQSClient;
  /**
   * How long to wait for a message, in seconds. With 0, SQS asks only some of its servers and may miss messages.
   * Default 1.
   */
  waitSeconds?: number;
}

/** A dead-letter queue in SQS. Rejects with the SDK's own errors. */
export class SqsDeadLetters implements DeadLetters {
  readonly #queueUrl: string;
  readonly #client: SQSClient;
  readonly #waitSeconds: number;
  readonly #receiptHandles = new Map<string, string>();

  constructor({ queueUrl, client, waitSeconds = 1 }: SqsDeadLettersOptions) {
    this.#queueUrl = queueUrl;
    this.#client = client;
    this.#waitSeconds = waitSeconds;
  }

  async receive(): Promise<readonly DeadLetterMessage[]> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#queueUrl,
        MaxNumberOfMessages: MAX_MESSAGES,
        VisibilityTimeout: HOLD_SECONDS,
        WaitTimeSeconds: this.#waitSeconds,
      }),
    );
    return Messages.map(({ MessageId: messageId = '', Body: body = '', ReceiptHandle = '' }) => {
      this.#receiptHandles.set(messageId, ReceiptHandle);
      return { messageId, body };
    });
  }

  async delete({ messageId }: DeadLetterMessage): Promise<void> {
    const ReceiptHandle = this.#receiptHandles.get(messageId);
    await this.#client.send(new DeleteMessageCommand({ QueueUrl: this.#queueUrl, ReceiptHandle }));
  }

  async release({ messageId }: DeadLetterMessage): Promise<void> {
    const ReceiptHandle = this.#receiptHandles.get(messageId);
    await this.#client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: this.#queueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }
}
