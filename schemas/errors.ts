/**
 * The framework's own codes: a closed list. A code is never renamed or removed, because clients branch on it.
 * The client receives `message`. `statusCode` is the status of the handshake if the error happens on `$connect`.
 */
export const ERROR_CODES = {
  MESSAGE_MALFORMED: { message: 'The message is not valid JSON', statusCode: 400 },
  MESSAGE_INVALID: { message: 'The message does not match its schema', statusCode: 400 },
  MESSAGE_TOO_LARGE: { message: 'The message is larger than API Gateway can deliver', statusCode: 413 },
  UNAUTHORIZED: { message: 'Unauthorized', statusCode: 401 },
  FORBIDDEN: { message: 'Forbidden', statusCode: 403 },
  REFUSED: { message: 'Refused', statusCode: 400 },
  CHANNEL_UNKNOWN: { message: 'There is no such channel', statusCode: 404 },
  TOO_MANY_CHANNELS: { message: 'The connection has as many channels as it may have', statusCode: 409 },
  NOT_SUBSCRIBED: { message: 'The connection is not subscribed to the channel', statusCode: 403 },
  INTERNAL: { message: 'Internal server error', statusCode: 500 },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);

/** A code of an application, such as `ROOM_FULL`. At most 64 characters. */
export const APPLICATION_CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/**
 * One rule of a schema that a message breaks. `path` is a JSON pointer into the message, `''` for the whole message.
 */
export interface SchemaViolation {
  path: string;
  rule: string;
  message: string;
}

/** `errors` is sent to the client. All other details only go to the log. */
export interface ErrorDetails {
  errors?: readonly SchemaViolation[];
  [fact: string]: unknown;
}

/** Details of an application's code. `message` and `errors` are sent to the client. All others only go to the log. */
export interface ApplicationErrorDetails extends ErrorDetails {
  /** The message for the client. Its first 1,000 characters are sent. */
  message: string;
  /** Status of the handshake if the error happens on `$connect`: 400 to 499. Default 400. */
  statusCode?: number;
}

/** A code of the framework already has a message and a status. */
type OwnErrorDetails = ErrorDetails & { message?: never; statusCode?: never };

/** Marks a {@link ClientError} of any copy of this module, because an application may have bundled two copies. */
export const CLIENT_ERROR: unique symbol = Symbol.for('middy-fanout.ClientError');

/**
 * An error whose code, message and `details.errors` are sent to the client that caused it. All other details and the
 * `cause` only go to the log.
 *
 * ```ts
 * import { ClientError } from 'middy-fanout';
 *
 * export const refuseStrangers = (): never => {
 *   throw new ClientError('FORBIDDEN');
 * };
 * export const refuseAll = (room: string): never => {
 *   throw new ClientError('ROOM_FULL', { message: 'The room is full', statusCode: 409, room });
 * };
 * ```
 * @param code One of {@link ERROR_CODES}, or the application's own: upper-case letters, digits and `_`.
 * @throws {TypeError} if the code is invalid, if an application's code has no message, if the status is not from 400 to
 * 499, or if a framework code is given a message or a status.
 */
export class ClientError<Code extends string = string> extends Error {
  override readonly name = 'ClientError';
  readonly [CLIENT_ERROR] = true;
  readonly code: Code;
  readonly statusCode: number;
  readonly details: ErrorDetails;

  constructor(code: Code & ErrorCode, details?: OwnErrorDetails, options?: { cause?: unknown });
  constructor(
    code: Code & (Code extends ErrorCode ? never : unknown),
    details: ApplicationErrorDetails,
    options?: { cause?: unknown },
  );
  constructor(code: Code, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    const { message, statusCode, facts } = isErrorCode(code)
      ? readFrameworkCode(code, details)
      : readApplicationCode(code, details);
    super(message, options);
    this.code = code;
    this.statusCode = statusCode;
    this.details = facts;
  }
}

const readFrameworkCode = (code: ErrorCode, facts: ErrorDetails) => {
  const overridden = ['message', 'statusCode'].find((name) => facts[name] !== undefined);
  if (overridden !== undefined)
    throw new TypeError(`ClientError: ${code} has its own ${overridden}. Leave it out, or use your own code`);
  return { ...ERROR_CODES[code], facts };
};

const readApplicationCode = (code: string, { message, statusCode = 400, ...facts }: ErrorDetails) => {
  if (typeof code !== 'string' || !APPLICATION_CODE.test(code))
    throw new TypeError(
      `ClientError: Expected a code of 1 to 64 upper-case letters, digits and "_", such as ROOM_FULL, got ${describe(code)}`,
    );
  if (typeof message !== 'string' || message === '')
    throw new TypeError(
      `ClientError: ${code} needs a message. Write new ClientError('${code}', { message: 'A text for the client' })`,
    );
  if (!isRefusalStatus(statusCode))
    throw new TypeError(
      `ClientError: Expected statusCode of ${code} to be an integer from 400 to 499, got ${describe(statusCode)}`,
    );
  return { message, statusCode, facts };
};

/** Checks for a status from 400 to 499, which says that the client is at fault. */
export const isRefusalStatus = (status: unknown): status is number =>
  Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 499;

const describe = (value: unknown): string =>
  typeof value === 'string' ? `"${value.slice(0, 80)}"` : typeof value === 'number' ? String(value) : typeof value;

/**
 * The frame that tells a client why its message was refused. It starts with the keys of API Gateway's own error frames
 * (`message`, `connectionId`, `requestId`). It never contains internal details.
 */
export interface ErrorFrame<ApplicationCode extends string = never> {
  message: string;
  connectionId: string;
  requestId: string;
  code: ErrorCode | ApplicationCode;
  /** The `ackId` of the refused message. */
  ackId?: string | number;
  /** Only with `REFUSED`: the HTTP status with which another middleware refused the message. `message` is its text. */
  statusCode?: number;
  /**
   * The first {@link MAX_FRAME_ERRORS} rules that the message breaks, with `MESSAGE_INVALID`. With `MESSAGE_MALFORMED`,
   * one entry of the rule `json` that says where the mistake is.
   */
  errors?: readonly SchemaViolation[];
  /** Number of broken rules that `errors` does not list. Absent if it lists all. */
  moreErrors?: number;
}

/** Our choice: most entries of `errors`, so that every error frame stays small. */
export const MAX_FRAME_ERRORS = 10;
