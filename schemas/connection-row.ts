import { MAX_CONNECTION_SECONDS, ROW_GRACE_SECONDS } from './quotas.ts';

/** From this number on, a time cannot be meant in the unit: as seconds it is the year 5138, as milliseconds 1973. */
const FIRST_OF_NEXT_UNIT = 1e11;

/**
 * Reads an epoch time that somebody else wrote as seconds: milliseconds, microseconds and nanoseconds are recognized by
 * their size.
 * @returns Whole seconds, below 100,000,000,000. `NaN` if the number is not finite.
 */
export const toEpochSeconds = (time: number): number => Math.floor(below(FIRST_OF_NEXT_UNIT, time));

/**
 * Reads an epoch time that somebody else wrote as milliseconds: seconds, microseconds and nanoseconds are recognized by
 * their size.
 * @returns Whole milliseconds. `NaN` if the number is not finite.
 */
export const toEpochMs = (time: number): number => {
  const ms = below(FIRST_OF_NEXT_UNIT * 1_000, time);
  return Math.floor(ms < FIRST_OF_NEXT_UNIT ? ms * 1_000 : ms);
};

/** The time in the first larger unit in which it is below the limit. */
const below = (limit: number, time: number): number => {
  if (!Number.isFinite(time)) return Number.NaN;
  return time < limit ? time : below(limit, time / 1_000);
};

/** A row of the connection table. Nothing else is in it unless a feature needs it: a scan costs the row's bytes. */
export interface ConnectionRow {
  /** Partition key. */
  connectionId: string;
  /** Epoch seconds. */
  connectedAt: number;
  /** Epoch seconds after which the row is not posted to and DynamoDB may delete it. */
  ttl: number;
}

/** Seconds a row lives by default: API Gateway's two hours and a grace. */
export const DEFAULT_TTL_SECONDS = MAX_CONNECTION_SECONDS + ROW_GRACE_SECONDS;

/** The `ttl` of a row that never expires, in epoch seconds: the year 5138. */
export const NO_EXPIRY_SECONDS = 99_999_999_999;

/** Our choice: how far another machine's clock may be ahead of ours, in seconds. */
const CLOCK_SKEW_SECONDS = 60;

/** A row as it was found: other code may have written it. */
export interface FoundRow {
  connectionId: string;
  /** A number, or a number as text. */
  connectedAt?: unknown;
  /** A number, or a number as text. */
  ttl?: unknown;
}

/**
 * Makes a row of what was found, so that no odd row reaches the rest of the code.
 * - `connectedAt` becomes whole seconds from 0 to now. Milliseconds are recognized. Without a usable time, or with one
 *   in the future, the connection counts as old.
 * - `ttl` becomes whole seconds. Milliseconds are recognized. Without a usable time the row never expires, as in DynamoDB.
 * @param nowMs Epoch milliseconds.
 */
export const normalizeRow = ({ connectionId, connectedAt, ttl }: FoundRow, nowMs: number): ConnectionRow => ({
  connectionId,
  connectedAt: pastSeconds(connectedAt, Math.floor(nowMs / 1_000)),
  ttl: expirySeconds(ttl),
});

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
