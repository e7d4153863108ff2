/**
 * How a post ended. A poster never throws: a connection that is gone is an outcome too.
 * - `delivered`: API Gateway took the message.
 * - `gone`: 410, or 400 "Invalid connectionId". The connection is stale, or still connecting: the age of its row
 *   decides.
 * - `throttled`: 429. There are too many requests, or this client reads too slowly.
 * - `too-large`: 413.
 * - `forbidden`: 403. The permission is missing, or the endpoint or the clock is wrong.
 * - `failed`: 5xx, or the request was not sent. The message was not delivered.
 * - `unknown`: no answer before the deadline, or the socket broke after sending. The message may have been delivered.
 */
export type PostOutcome = 'delivered' | 'gone' | 'throttled' | 'too-large' | 'forbidden' | 'failed' | 'unknown';

export interface PostResult {
  outcome: PostOutcome;
  /** For the log: the name of the error or the status. Never the body of the answer, which may echo the request. */
  detail?: string;
}

export interface PostOptions {
  /** Longest duration of the post, in milliseconds. Default 2000. */
  timeoutMs?: number;
}

/** Sends text to one connection. */
export interface ConnectionPoster {
  post(connectionId: string, data: string, options?: PostOptions): Promise<PostResult>;
}
