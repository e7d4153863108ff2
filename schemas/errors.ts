/**
 * The closed catalogue of what can be answered to a client. A code is never renamed or removed: clients branch on it.
 * `message` is what the client reads, `statusCode` is the status of the handshake where the error happens on `$connect`.
 */
export const ERROR_CODES = {
  MESSAGE_MALFORMED: { message: 'The message is not valid JSON', statusCode: 400 },
  MESSAGE_INVALID: { message: 'The message does not match its schema', statusCode: 400 },
  MESSAGE_TOO_LARGE: { message: 'The message is larger than API Gateway can deliver', statusCode: 413 },
  UNAUTHORIZED: { message: 'Unauthorized', statusCode: 401 },
  FORBIDDEN: { message: 'Forbidden', statusCode: 403 },
  INTERNAL: { message: 'Internal server error', statusCode: 500 },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One rule of a schema that a message breaks. `path` is a JSON pointer into the message, `''` for all of it. */
export interface SchemaViolation {
  path: string;
  rule: string;
  message: string;
}

export interface ErrorDetails {
  errors?: readonly SchemaViolation[];
  [fact: string]: unknown;
}

/**
 * An error whose code and message may be shown to the client that caused it. `details.errors` is shown too, every other
 * detail and the `cause` go to the log only.
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(ERROR_CODES[code].message, options);
    this.code = code;
    this.details = details;
  }
}

/**
 * What a client receives when its message was refused: the keys of API Gateway's own error frames
 * (`message`, `connectionId`, `requestId`), then ours. Nothing internal is ever in it.
 */
export interface ErrorFrame {
  message: string;
  connectionId: string;
  requestId: string;
  code: ErrorCode;
  /**
   * The first {@link MAX_FRAME_ERRORS} rules that the message breaks. Only with `MESSAGE_INVALID`, and with
   * `MESSAGE_MALFORMED`, where it is one, of the rule `json`, that says where the text goes wrong.
   */
  errors?: readonly SchemaViolation[];
  /** How many more rules it breaks. Only where there are more than are listed. */
  moreErrors?: number;
}

/** So that no refusal outgrows a frame. */
export const MAX_FRAME_ERRORS = 10;
