/** The client's own codes. The other codes come from the API, such as `FORBIDDEN` or `ROOM_FULL`. */
export type OwnCode =
  /** The client was closed. */
  | 'CLOSED'
  /** No connection can be opened. The client goes on trying. */
  | 'NO_CONNECTION'
  /** The call was not sent before its deadline: nothing has happened. */
  | 'NOT_SENT'
  /** The call was sent, and no answer came: it may have happened. */
  | 'OUTCOME_UNKNOWN'
  /** As many calls wait as may wait. */
  | 'OUTBOX_FULL'
  /** The frame is larger than API Gateway accepts from a client. */
  | 'MESSAGE_TOO_LARGE';

/** A rule of a schema that a message breaks. `path` is a JSON pointer into the message. */
export interface Violation {
  path: string;
  rule: string;
  message: string;
}

/** An error that the API answered, or one of the client's own. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** Branch on this: `FORBIDDEN`, `OUTCOME_UNKNOWN`, or a code of the application. */
  readonly code: string;
  /** With `MESSAGE_INVALID`: what is wrong in the message. */
  readonly errors: readonly Violation[];

  constructor(code: OwnCode | (string & {}), message: string, errors: readonly Violation[] = []) {
    super(message);
    this.code = code;
    this.errors = errors;
  }
}
