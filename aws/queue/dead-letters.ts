/** A message of a dead-letter queue. */
export interface DeadLetterMessage {
  readonly messageId: string;
  readonly body: string;
}

/** The messages of a dead-letter queue, to be looked at, and deleted or let go. */
export interface DeadLetters {
  /** Some messages that nobody else sees for a while; none where there is nothing more to see. */
  receive(): Promise<readonly DeadLetterMessage[]>;
  delete(message: DeadLetterMessage): Promise<void>;
  /** Lets everybody see the message again, at once. */
  release(message: DeadLetterMessage): Promise<void>;
}
