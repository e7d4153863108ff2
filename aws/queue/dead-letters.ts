/** A message of a dead-letter queue. */
export interface DeadLetterMessage {
  readonly messageId: string;
  readonly body: string;
}

/** The messages of a dead-letter queue. Each received message is then deleted or released. */
export interface DeadLetters {
  /** Receives some messages and hides them from other consumers for a while. Returns an empty list at the end. */
  receive(): Promise<readonly DeadLetterMessage[]>;
  delete(message: DeadLetterMessage): Promise<void>;
  /** Makes the message visible again immediately. */
  release(message: DeadLetterMessage): Promise<void>;
}
