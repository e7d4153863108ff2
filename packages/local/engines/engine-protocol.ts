import type { FaultRule } from '../faults/parse-faults.ts';

/** What IAM is asked for before a request is served. */
export interface Permission {
  action: string;
  resourceArn: string;
}

/** Who sent a request: a developer's tool or a function. */
export interface Sender {
  kind: 'developer' | 'function';
  /** `AROA…:function-name` for a function, as SQS shows a role's session; the account for a developer. */
  senderId: string;
}

export type Decision =
  | { allowed: true; sender: Sender }
  | { allowed: false; reason: 'unknown-key' }
  | { allowed: false; reason: 'denied'; message: string };

/** What an engine's thread asks of the main one. */
export type MainMethods = {
  authorize(accessKeyId: string, permission: Permission): Decision;
  /** One sentence for the developer. */
  log(line: string): void;
};

export interface EngineData {
  service: 'dynamodb' | 'sqs';
  host: string;
  clockOffset: SharedArrayBuffer | undefined;
  faults: readonly FaultRule[];
  seed: number;
}

export interface TableSpec {
  tableName: string;
  definition: Readonly<Record<string, unknown>>;
  ttlAttribute?: string;
}

export interface QueueSpec {
  queueName: string;
  url: string;
  arn: string;
  attributes: Readonly<Record<string, string>>;
}

/** A message as a queue's event source receives it. */
export interface ReceivedMessage {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Readonly<Record<string, string>>;
  messageAttributes: Readonly<Record<string, unknown>>;
  md5OfMessageAttributes?: string;
  md5OfBody: string;
}

export interface QueueDepth {
  name: string;
  visible: number;
  inFlight: number;
  /** Of the oldest message, in milliseconds; 0 while there is none. */
  oldestAgeMs: number;
}

/** Of each engine's thread, beside those of the engine. */
export type FrontMethods = {
  listen(): Promise<number>;
  /** Asks anew for each decision: the policies have changed. */
  forgetDecisions(): void;
};

export type DynamoDbMethods = {
  deploy(account: { region: string; accountId: string }, tables: readonly TableSpec[]): Promise<void>;
  sweep(): Promise<void>;
};

export type SqsMethods = {
  deploy(account: { region: string; accountId: string }, queues: readonly QueueSpec[]): Promise<void>;
  sweep(): void;
  /** Waits up to `waitMs` for the first of at most ten messages. */
  receive(queueArn: string, maxMessages: number, waitMs: number): Promise<ReceivedMessage[]>;
  /** Ends waiting receives, empty. */
  wake(queueArn: string): void;
  /** Makes received messages visible again at once, as if they had not been received. */
  release(queueArn: string, receiptHandles: readonly string[]): void;
  delete(queueArn: string, receiptHandles: readonly string[]): void;
  /** Moves messages to the queue's dead-letter queue, or deletes them where it has none. Tells which it was. */
  deadLetter(queueArn: string, receiptHandles: readonly string[]): 'moved' | 'deleted';
  depths(): QueueDepth[];
};
