import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Services } from '../../aws/services.ts';
import type { BroadcastOptions, MessageData } from '../../schemas/create-broadcast-record.ts';

/** What a route's handler receives beside the event: Lambda's context, and what our middlewares put there. */
export interface RouteContext extends Context {
  /** By `provideServices`. */
  services: Services;
  /** By `logRequests`. Its lines carry the event's `requestId`, `routeKey` and the connection's hash. */
  logger: Logger;
  /**
   * By `provideActions`. Sends a message to all connections: resolves when it is queued, before anything is posted.
   * @param data A text is delivered as it is, any other value as JSON. 1 to 131,072 bytes of UTF-8.
   * @throws {ClientError} `MESSAGE_TOO_LARGE` with more. Nothing is queued then.
   * @throws {TypeError} for an empty text, and for what has no JSON: `undefined`, a function, a promise, a `BigInt`, a circle.
   */
  broadcast(data: MessageData, options?: BroadcastOptions): Promise<void>;
  /**
   * By `provideActions`. Sends a message to the caller, once. Resolves when API Gateway took it, or if the caller is gone:
   * its row is deleted then.
   * @param data A text is delivered as it is, any other value as JSON. 1 to 131,072 bytes of UTF-8.
   * @throws {ClientError} `MESSAGE_TOO_LARGE` with more.
   * @throws {TypeError} for an empty text, and for what has no JSON.
   * @throws {Error} if it was not delivered, naming the outcome; and on `$connect` and `$disconnect`, always: API Gateway
   * delivers nothing before the handshake has finished, nor after the end.
   */
  reply(data: MessageData): Promise<void>;
}

/** Lambda's context with what a single middleware puts there. */
export type ContextWith<Name extends keyof RouteContext> = Context & Pick<RouteContext, Name>;

/** Lambda's context with what a single middleware uses if it is there. */
export type ContextOption<Name extends keyof RouteContext> = Context & Partial<Pick<RouteContext, Name>>;

/** What our middlewares note of one request, in Middy's `request.internal`. */
export type RequestNotes = {
  /** `performance.now()` */
  startedAt?: number;
  /** Of the broadcasts that were queued: each fan-out's accounts have the same ids. */
  broadcastIds?: string[];
  /** The request has its line in the log. */
  logged?: boolean;
  /** `parseBody` has run. */
  parsed?: boolean;
};
