/**
 * The SQS part of fauxqs without its HTTP server, SNS and S3: 10 MB instead of 35, and a queue's messages in reach. The
 * package exports none of it, so its files are imported by their place; its version is pinned.
 */

export interface FauxMessage {
  messageId: string;
  body: string;
  md5OfBody: string;
  messageAttributes: Record<string, FauxMessageAttribute>;
  md5OfMessageAttributes?: string;
  /** Epoch milliseconds. */
  sentTimestamp: number;
  approximateReceiveCount: number;
  delayUntil?: number;
  messageGroupId?: string;
  // Ours: what SQS knows of a message and fauxqs does not.
  senderId?: string;
  traceHeader?: string;
  queueArn?: string;
  deadLetterQueueSourceArn?: string;
}

export interface FauxMessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

export interface FauxQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  attributes: Record<string, string>;
  messages: FauxMessage[];
  delayedMessages: FauxMessage[];
  readonly inflightMessages: Map<string, { message: FauxMessage }>;
  readonly fifoMessages: Map<string, FauxMessage[]>;
  enqueue(message: FauxMessage): void;
  deleteMessage(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, timeoutSeconds: number): void;
  cancelWaiters(): void;
  processTimers(): void;
  setAttributes(attributes: Record<string, string>): void;
  getAttribute(name: string): string | undefined;
}

export interface FauxStore {
  createQueue(name: string, url: string, arn: string, attributes: Record<string, string>): FauxQueue;
  getQueue(url: string): FauxQueue | undefined;
  getQueueByArn(arn: string): FauxQueue | undefined;
  allQueues(): Iterable<FauxQueue>;
}

/** `body` is the request's JSON; the answer is the response's. Throws with `statusCode`, `queryErrorHeader`, `toJSON()`. */
export type FauxHandler = (body: Record<string, unknown>, store: FauxStore, request: { headers: object }) => unknown;

export const FAUXQS_ACTIONS = [
  'CreateQueue',
  'DeleteQueue',
  'GetQueueUrl',
  'ListQueues',
  'GetQueueAttributes',
  'SetQueueAttributes',
  'PurgeQueue',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'SendMessageBatch',
  'DeleteMessageBatch',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'TagQueue',
  'UntagQueue',
  'ListQueueTags',
] as const;

export interface Fauxqs {
  /** Empty. */
  store: FauxStore;
  /** By action. */
  handlers: ReadonlyMap<string, FauxHandler>;
  /** Of the attributes that a new queue is not given. */
  defaults: Readonly<Record<string, string>>;
}

/** Loads fauxqs's queues. */
export const loadFauxqs = async (): Promise<Fauxqs> => {
  const folder = new URL('./sqs/', import.meta.resolve('fauxqs'));
  const { SqsStore } = await import(new URL('./sqsStore.js', folder).href);
  const { DEFAULT_QUEUE_ATTRIBUTES: defaults } = await import(new URL('./sqsTypes.js', folder).href);
  const handlers = await Promise.all(
    FAUXQS_ACTIONS.map(async (action): Promise<[string, FauxHandler]> => {
      const name = action.charAt(0).toLowerCase() + action.slice(1);
      return [action, (await import(new URL(`./actions/${name}.js`, folder).href))[name]];
    }),
  );
  return { store: new SqsStore(), handlers: new Map(handlers), defaults };
};
