/**
 * The framework's own codes: a closed list. A code is never renamed or removed, because clients branch on it.
 * `message` is what the client reads, `statusCode` is the status of the handshake if the error happens on `$connect`.
 */
export const ERROR_CODES = {
  MESSAGE_MALFORMED: { message: 'The message is not valid JSON', statusCode: 400 },
  MESSAGE_INVALID: { message: 'The message does not match its schema', statusCode: 400 },
  MESSAGE_TOO_LARGE: { message: 'The message is larger than API Gateway can deliver', statusCode: 413 },
  UNAUTHORIZED: { message: 'Unauthorized', statusCode: 401 },
  FORBIDDEN: { message: 'Forbidden', statusCode: 403 },
  REFUSED: { message: 'Refused', statusCode: 400 },
  INTERNAL: { message: 'Internal server error', statusCode: 500 },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);

/** An application's code: `ROOM_FULL`. At most 64 characters. */
export const APPLICATION_CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** One rule of a schema that a message breaks. `path` is a JSON pointer into the message, `''` for all of it. */
export interface SchemaViolation {
  path: string;
  rule: string;
  message: string;
}

/** `errors` reaches the client, every other fact the log only. */
export interface ErrorDetails {
  errors?: readonly SchemaViolation[];
  [fact: string]: unknown;
}

/** What an application says of a code of its own. Message and errors reach the client, every other fact the log only. */
export interface ApplicationErrorDetails extends ErrorDetails {
  /** What the client reads. Its first 1,000 characters are sent. */
  message: string;
  /** Status of the handshake if the error happens on `$connect`: 400 to 499. Default 400. */
  statusCode?: number;
}

/** A framework's code has its own message and status. */
type OwnErrorDetails = ErrorDetails & { message?: never; statusCode?: never };

/** Marks a {@link ClientError} of any copy of this module: an application may have bundled two. */
export const CLIENT_ERROR: unique symbol = Symbol.for('middy-fanout.ClientError');

/**
 * An error whose code and message may be shown to the client that caused it. `details.errors` is shown too, every other
 * detail and the `cause` go to the log only.
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
 * @throws {TypeError} for a code that cannot be one, an application's code without a message, a status outside of 400 to
 * 499, and a message or status for one of the framework's codes.
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
      ? ofFramework(code, details)
      : ofApplication(code, details);
    super(message, options);
    this.code = code;
    this.statusCode = statusCode;
    this.details = facts;
  }
}

const ofFramework = (code: ErrorCode, facts: ErrorDetails) => {
  const overridden = ['message', 'statusCode'].find((name) => facts[name] !== undefined);
  if (overridden !== undefined)
    throw new TypeError(`ClientError: ${code} has its own ${overridden}: leave it out, or choose a code of your own`);
  return { ...ERROR_CODES[code], facts };
};

const ofApplication = (code: string, { message, statusCode = 400, ...facts }: ErrorDetails) => {
  if (typeof code !== 'string' || !APPLICATION_CODE.test(code))
    throw new TypeError(
      `ClientError: Expected a code of 1 to 64 upper-case letters, digits and "_", such as ROOM_FULL, got ${describe(code)}`,
    );
  if (typeof message !== 'string' || message === '')
    throw new TypeError(
      `ClientError: ${code} needs a message: write new ClientError('${code}', { message: 'What the client reads' })`,
    );
  if (!isRefusalStatus(statusCode))
    throw new TypeError(
      `ClientError: Expected statusCode of ${code} to be an integer from 400 to 499, got ${describe(statusCode)}`,
    );
  return { message, statusCode, facts };
};

/** Whether a status says that the client is at fault. */
export const isRefusalStatus = (status: unknown): status is number =>
  Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 499;

const describe = (value: unknown): string =>
  typeof value === 'string' ? `"${value.slice(0, 80)}"` : typeof value === 'number' ? String(value) : typeof value;

/**
 * What a client receives when its message was refused: the keys of API Gateway's own error frames
 * (`message`, `connectionId`, `requestId`), then ours. Nothing internal is ever in it.
 */
export interface ErrorFrame<ApplicationCode extends string = never> {
  message: string;
  connectionId: string;
  requestId: string;
  code: ErrorCode | ApplicationCode;
  /** Only with `REFUSED`: the HTTP status that another middleware refused the message with. `message` is its text. */
  statusCode?: number;
  /**
   * The first {@link MAX_FRAME_ERRORS} rules that the message breaks. With `MESSAGE_INVALID`, and with
   * `MESSAGE_MALFORMED` one, of the rule `json`, that says where the text goes wrong.
   */
  errors?: readonly SchemaViolation[];
  /** How many more rules it breaks. Only if there are more than are listed. */
  moreErrors?: number;
}

/** So that no refusal outgrows a frame. */
export const MAX_FRAME_ERRORS = 10;
