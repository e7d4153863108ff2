import type { FaultRule } from '../faults/parse-faults.ts';

/** A permission that a request needs. */
export interface Permission {
  action: string;
  resourceArn: string;
}

/** The sender of a request: a developer's tool or a function. */
export interface Sender {
  kind: 'developer' | 'function';
  /** For a function `AROA…:function-name`, which is how SQS shows a role's session. For a developer, the account. */
  senderId: string;
}

export type Decision =
  | { allowed: true; sender: Sender }
  | { allowed: false; reason: 'unknown-key' }
  | { allowed: false; reason: 'denied'; message: string };

/** Calls from an engine's thread to the main thread. */
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
  /** Age of the oldest message that is visible or in flight, in milliseconds; 0 if there is no such message. */
  oldestAgeMs: number;
}

/** The methods that every engine's thread has. */
export type FrontMethods = {
  listen(): Promise<number>;
  /** Forgets the remembered decisions, because the policies have changed. */
  forgetDecisions(): void;
};

export type DynamoDbMethods = {
  deploy(account: { region: string; accountId: string }, tables: readonly TableSpec[]): Promise<void>;
  sweep(): Promise<void>;
};

export type SqsMethods = {
  deploy(account: { region: string; accountId: string }, queues: readonly QueueSpec[]): Promise<void>;
  sweep(): void;
  /** Waits up to `waitMs` for a first message. Returns at most ten. */
  receive(queueArn: string, maxMessages: number, waitMs: number): Promise<ReceivedMessage[]>;
  /** Ends the waiting receives without messages. */
  wake(queueArn: string): void;
  /** Makes received messages visible again immediately, as if they had not been received. */
  release(queueArn: string, receiptHandles: readonly string[]): void;
  delete(queueArn: string, receiptHandles: readonly string[]): void;
  /**
   * Moves messages to the queue's dead-letter queue, or deletes them if it has none. Returns which of the two it did.
   */
  deadLetter(queueArn: string, receiptHandles: readonly string[]): 'moved' | 'deleted';
  depths(): QueueDepth[];
};
