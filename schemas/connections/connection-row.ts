import { MAX_CONNECTION_SECONDS, ROW_GRACE_SECONDS } from '../quotas.ts';

/**
 * A larger number must be in a smaller unit: this number of seconds is the year 5138, of milliseconds the year 1973.
 */
const FIRST_OF_NEXT_UNIT = 1e11;

/**
 * Reads an epoch time written by other code as seconds. It recognizes milliseconds, microseconds and nanoseconds by
 * their size.
 * @returns whole seconds, below 100,000,000,000. `NaN` if the number is not finite.
 */
export const toEpochSeconds = (time: number): number => Math.floor(below(FIRST_OF_NEXT_UNIT, time));

/**
 * Reads an epoch time written by other code as milliseconds. It recognizes seconds, microseconds and nanoseconds by
 * their size.
 * @returns whole milliseconds. `NaN` if the number is not finite.
 */
export const toEpochMs = (time: number): number => {
  const ms = below(FIRST_OF_NEXT_UNIT * 1_000, time);
  return Math.floor(ms < FIRST_OF_NEXT_UNIT ? ms * 1_000 : ms);
};

/** Converts the time to larger units until it is below the limit. */
const below = (limit: number, time: number): number => {
  if (!Number.isFinite(time)) return Number.NaN;
  return time < limit ? time : below(limit, time / 1_000);
};

/**
 * A row of the connection table. It has only the needed attributes, because a scan is billed by the bytes of its rows.
 */
export interface ConnectionRow {
  /** Partition key. */
  connectionId: string;
  /** Epoch seconds. */
  connectedAt: number;
  /** Epoch seconds after which the connection receives no posts and DynamoDB may delete the row. */
  ttl: number;
  /** Whether the connection speaks the subprotocol `fanout.v1`. */
  protocol?: boolean;
}

/** Default life of a row, in seconds: the two hours of API Gateway and a grace period. */
export const DEFAULT_TTL_SECONDS = MAX_CONNECTION_SECONDS + ROW_GRACE_SECONDS;

/** The `ttl` of a row that never expires, in epoch seconds: the year 5138. */
export const NO_EXPIRY_SECONDS = 99_999_999_999;

/** Our choice: how far the clock of another machine may be ahead, in seconds. */
const CLOCK_SKEW_SECONDS = 60;

/** A row as the table returns it. Other code may have written it. */
export interface StoredRow {
  connectionId: string;
  /** A number, or a number as text. */
  connectedAt?: unknown;
  /** A number, or a number as text. */
  ttl?: unknown;
  /** Any value means that the connection speaks the subprotocol. */
  protocol?: unknown;
}

/**
 * Normalizes a stored row, so that no invalid row reaches the rest of the code.
 * - `connectedAt` becomes whole seconds from 0 to now. Milliseconds are recognized. If the time is invalid or in the
 *   future, the connection counts as old.
 * - `ttl` becomes whole seconds. Milliseconds are recognized. If the time is invalid, the row never expires, as in
 *   DynamoDB.
 * @param nowMs Epoch milliseconds.
 */
export const normalizeRow = (stored: StoredRow, nowMs: number): ConnectionRow => {
  const { connectionId, protocol } = stored;
  const connectedAt = pastSeconds(stored.connectedAt, Math.floor(nowMs / 1_000));
  const ttl = expirySeconds(stored.ttl);
  // Without a spread, because a scan makes 100,000 rows: a spread object takes more memory.
  return protocol === undefined
    ? { connectionId, connectedAt, ttl }
    : { connectionId, connectedAt, ttl, protocol: true };
};

const pastSeconds = (time: unknown, now: number): number => {
  const seconds = readSeconds(time);
  return seconds >= 0 && seconds <= now + CLOCK_SKEW_SECONDS ? Math.min(seconds, now) : 0;
};

const expirySeconds = (time: unknown): number => {
  const seconds = readSeconds(time);
  return Number.isNaN(seconds) ? NO_EXPIRY_SECONDS : Math.max(0, seconds);
};

const readSeconds = (time: unknown): number => {
  if (typeof time === 'number') return toEpochSeconds(time);
  return typeof time === 'string' && time.trim() !== '' ? toEpochSeconds(Number(time)) : Number.NaN;
};
