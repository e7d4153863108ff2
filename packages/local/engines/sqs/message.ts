export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  /** Base64. */
  BinaryValue?: string;
}

/** A message as its sender gives it. */
export interface Draft {
  body: string;
  md5OfBody: string;
  messageAttributes: Readonly<Record<string, MessageAttribute>>;
  md5OfMessageAttributes?: string;
  senderId: string;
  traceHeader?: string;
  /** Required on a FIFO queue. */
  groupId?: string;
  /** Required on a FIFO queue. */
  deduplicationId?: string;
}

export interface Message extends Draft {
  messageId: string;
  sentAtMs: number;
  /** How often the message was received, in all queues that it was in. */
  receiveCount: number;
  firstReceivedAtMs?: number;
  /** On a FIFO queue: 20 digits, increasing. */
  sequenceNumber?: string;
  deadLetterQueueSourceArn?: string;
}

export interface Received extends Readonly<Message> {
  receiptHandle: string;
}
