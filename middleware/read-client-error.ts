import { describeError, readProperty } from '../aws/describe-error.ts';
import { ClientError, ERROR_CODES, type ErrorCode, type SchemaViolation } from '../schemas/errors.ts';

/** Ours: how many violations are read. The others are counted. */
const MAX_VIOLATIONS = 1_000;

/** What is known of a {@link ClientError}: plain data, which can be sent and logged. */
export interface ReadClientError {
  code: ErrorCode;
  /** Those that can be read, each with three texts. */
  violations: readonly SchemaViolation[];
  /** How many there are, those beyond the first 1,000 included. */
  violationCount: number;
  /** The other details, as JSON has them. One that cannot be made JSON is left out. */
  facts: Readonly<Record<string, unknown>>;
}

/**
 * Reads what was thrown as a {@link ClientError}. Never throws, whatever was done to the error: what cannot be read is
 * left out, because the client has to be answered all the same.
 * @returns `undefined` for anything else that was thrown, and for a code that is not in the catalogue.
 */
export const readClientError = (thrown: unknown): ReadClientError | undefined => {
  const code = readProperty(thrown, 'code');
  if (!isClientError(thrown) || !isErrorCode(code)) return undefined;
  const details = readProperty(thrown, 'details');
  const errors = readProperty(details, 'errors');
  const length = lengthOf(errors);
  const readable = Math.min(length, MAX_VIOLATIONS);
  const violations = Array.from({ length: readable }, (_, index) => readProperty(errors, String(index))).flatMap(
    toViolation,
  );
  return { code, violations, violationCount: length - readable + violations.length, facts: factsOf(details) };
};

const isClientError = (thrown: unknown): boolean => {
  try {
    return thrown instanceof ClientError;
  } catch {
    return false;
  }
};

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);

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
