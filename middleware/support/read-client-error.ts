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

/** Our choice: how many violations are read. The others are counted. */
const MAX_VIOLATIONS = 1_000;

/** What is known of a refusal: plain data, which can be sent and logged. */
export interface Refusal {
  code: string;
  /** What the client may read. */
  message: string;
  /** Of the handshake. */
  statusCode: number;
  /** The violations that can be read, each with three texts. */
  violations: readonly SchemaViolation[];
  /** How many there are, those beyond the first 1,000 included. */
  violationCount: number;
  /** The other details, as JSON has them. One that cannot be made JSON is left out. */
  facts: Readonly<Record<string, unknown>>;
  /** The error of another package. */
  foreign?: ErrorDescription;
}

/**
 * Reads what was thrown as a refusal: a `ClientError` of any copy of the class, or the error of another Middy package
 * that says so itself, by `expose` and a status from 400 to 499. Never throws, whatever was done to the error: what
 * cannot be read is left out, because the client has to be answered all the same.
 * @returns `undefined` for anything else that was thrown, and for a `ClientError` whose code is invalid.
 */
export const readClientError = (thrown: unknown): Refusal | undefined =>
  readProperty(thrown, CLIENT_ERROR) === true ? readOwn(thrown) : readForeign(thrown);

const readOwn = (thrown: unknown): Refusal | undefined => {
  const shown = readShown(thrown);
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

/** The catalogue says what one of its codes means, whatever was done to the error. */
const readShown = (thrown: unknown): Pick<Refusal, 'code' | 'message' | 'statusCode'> | undefined => {
  const [code, message, statusCode] = ['code', 'message', 'statusCode'].map((name) => readProperty(thrown, name));
  if (isErrorCode(code)) return { code, ...ERROR_CODES[code] };
  if (typeof code !== 'string' || !APPLICATION_CODE.test(code)) return undefined;
  return typeof message === 'string' && isRefusalStatus(statusCode) ? { code, message, statusCode } : undefined;
};

/**
 * An error of `createError`, say. Its message is for the log: packages set `expose` for every status below 500, so
 * nobody has decided that a client may read it.
 */
const readForeign = (thrown: unknown): Refusal | undefined => {
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

/** One violation, or none if nothing of it is text. */
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
      .map((name) => [name, toPlain(readProperty(details, name))]),
  );

const namesOf = (details: unknown): string[] => {
  try {
    return typeof details === 'object' && details !== null ? Object.keys(details) : [];
  } catch {
    return [];
  }
};

const toPlain = (fact: unknown): unknown => {
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
