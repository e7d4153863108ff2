import { STATUS_CODES } from 'node:http';
import { describeError, type ErrorDescription, readProperty } from '../../aws/describe-error.ts';
import {
  APPLICATION_CODE,
  CLIENT_ERROR,
  ERROR_CODES,
  isErrorCode,
  isRefusalStatus,
  type SchemaViolation,
} from '../../schemas/errors.ts';

/** Our choice: most violations that are read. The others are counted. */
const MAX_VIOLATIONS = 1_000;

/** A refusal as plain data, which can be sent and logged. */
export interface Refusal {
  code: string;
  /** Sent to the client. */
  message: string;
  /** HTTP status of the handshake. */
  statusCode: number;
  /** The violations that can be read. */
  violations: readonly SchemaViolation[];
  /** Number of violations, including those after the first 1,000. */
  violationCount: number;
  /** The other details as JSON values. A detail without JSON is left out. */
  facts: Readonly<Record<string, unknown>>;
  /** Description of the error, if it is of another package. */
  foreign?: ErrorDescription;
}

/**
 * Reads a thrown value as a refusal: a `ClientError` of any copy of the class, or an error of another Middy package
 * that has `expose` and a status from 400 to 499. Never throws, because the client must be answered in any case: it
 * leaves out properties that it cannot read.
 * @returns `undefined` for any other value, and for a `ClientError` with an invalid code.
 */
export const readClientError = (thrown: unknown): Refusal | undefined =>
  readProperty(thrown, CLIENT_ERROR) === true ? readOwnError(thrown) : readForeignError(thrown);

const readOwnError = (thrown: unknown): Refusal | undefined => {
  const shown = readPublicPart(thrown);
  if (!shown) return undefined;
  const details = readProperty(thrown, 'details');
  const errors = readProperty(details, 'errors');
  const length = lengthOf(errors);
  const readable = Math.min(length, MAX_VIOLATIONS);
  const violations = Array.from({ length: readable }, (_, index) => readProperty(errors, String(index))).flatMap(
    toViolation,
  );
  return { ...shown, violations, violationCount: length - readable + violations.length, facts: factsOf(details) };
};

/** For a framework code, takes message and status from the catalogue: the error may have been changed. */
const readPublicPart = (thrown: unknown): Pick<Refusal, 'code' | 'message' | 'statusCode'> | undefined => {
  const [code, message, statusCode] = ['code', 'message', 'statusCode'].map((name) => readProperty(thrown, name));
  if (isErrorCode(code)) return { code, ...ERROR_CODES[code] };
  if (typeof code !== 'string' || !APPLICATION_CODE.test(code)) return undefined;
  return typeof message === 'string' && isRefusalStatus(statusCode) ? { code, message, statusCode } : undefined;
};

/**
 * Reads an error of another package, for example of `createError`. Its message only goes to the log: packages set
 * `expose` for every status below 500, so the message may not be meant for clients.
 */
const readForeignError = (thrown: unknown): Refusal | undefined => {
  const statusCode = readProperty(thrown, 'statusCode');
  if (readProperty(thrown, 'expose') !== true || !isRefusalStatus(statusCode)) return undefined;
  const code = statusCode === 401 ? 'UNAUTHORIZED' : statusCode === 403 ? 'FORBIDDEN' : 'REFUSED';
  const message =
    code === 'REFUSED' ? (STATUS_CODES[statusCode] ?? ERROR_CODES.REFUSED.message) : ERROR_CODES[code].message;
  return { code, message, statusCode, violations: [], violationCount: 0, facts: {}, foreign: describeError(thrown) };
};

const lengthOf = (errors: unknown): number => {
  try {
    return Array.isArray(errors) && Number.isSafeInteger(errors.length) ? errors.length : 0;
  } catch {
    return 0;
  }
};

/** Returns the violation in a list, or an empty list if it has no text. */
const toViolation = (entry: unknown): SchemaViolation[] => {
  const [path = '', rule = '', message = ''] = ['path', 'rule', 'message'].map((name) => {
    const text = readProperty(entry, name);
    return typeof text === 'string' ? text : '';
  });
  return path || rule || message ? [{ path, rule, message }] : [];
};

const factsOf = (details: unknown): Record<string, unknown> =>
  Object.fromEntries(
    namesOf(details)
      .filter((name) => name !== 'errors')
      .map((name) => [name, toJsonValue(readProperty(details, name))]),
  );

const namesOf = (details: unknown): string[] => {
  try {
    return typeof details === 'object' && details !== null ? Object.keys(details) : [];
  } catch {
    return [];
  }
};

const toJsonValue = (fact: unknown): unknown => {
  try {
    const text = JSON.stringify(fact, (_, value) => {
      if (typeof value === 'bigint') return String(value);
      return value instanceof Error ? describeError(value) : value;
    });
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};
