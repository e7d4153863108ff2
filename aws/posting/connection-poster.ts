/**
 * How a post ended. None of these is thrown: a connection that is gone is an outcome.
 * - `delivered`: API Gateway took it.
 * - `gone`: 410, or 400 "Invalid connectionId". Stale, or not connected yet: the caller knows since when the row exists.
 * - `throttled`: 429. Too many requests, or this one client reads too slowly.
 * - `too-large`: 413.
 * - `forbidden`: 403. Missing permission, wrong endpoint, or wrong clock.
 * - `failed`: 5xx or no connection; the message was not delivered.
 * - `unknown`: no answer before the deadline or a broken connection after sending; it may have been delivered.
 */
export type PostOutcome = 'delivered' | 'gone' | 'throttled' | 'too-large' | 'forbidden' | 'failed' | 'unknown';

export interface PostResult {
  outcome: PostOutcome;
  /** For the log: the error's name or the status. Never the service's body, which may echo the request. */
  detail?: string;
}

export interface PostOptions {
  /** The post ends for certain after this, in milliseconds. Default 2000. */
  timeoutMs?: number;
}

/** Sends text to one connection. */
export interface ConnectionPoster {
  post(connectionId: string, data: string, options?: PostOptions): Promise<PostResult>;
}
