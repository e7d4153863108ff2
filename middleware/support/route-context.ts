import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Services } from '../../aws/services.ts';
import type { AckId } from '../../schemas/channels/frames.ts';
import type { BroadcastOptions, MessageData } from '../../schemas/create-broadcast-record.ts';

/** The context of a route's handler: Lambda's context with the properties that the middlewares add. */
export interface RouteContext extends Context {
  /** Added by `provideServices`. */
  services: Services;
  /** Added by `logRequests`. Its lines have the event's `requestId` and `routeKey`, and the hash of the connection. */
  logger: Logger;
  /**
   * Added by `provideActions`. Sends a message to all connections. Resolves when the message is queued, before it is
   * posted.
   * @param data A string is delivered unchanged, any other value as JSON. 1 to 131,072 bytes of UTF-8.
   * @throws {ClientError} `MESSAGE_TOO_LARGE` if it has more bytes. The message is not queued.
   * @throws {TypeError} for an empty string, and for a value without a JSON form: `undefined`, a function, a promise, a
   * `BigInt`, a circular object.
   */
  broadcast(data: MessageData, options?: BroadcastOptions): Promise<void>;
  /**
   * Added by `provideActions`. Sends a message to the caller, once. Resolves when API Gateway accepted it. If the
   * caller is gone, it deletes the caller's row and resolves.
   * @param data A string is delivered unchanged, any other value as JSON. 1 to 131,072 bytes of UTF-8.
   * @throws {ClientError} `MESSAGE_TOO_LARGE` if it has more bytes.
   * @throws {TypeError} for an empty string, and for a value without a JSON form.
   * @throws {Error} if the message was not delivered: the error names the outcome. Always on `$connect` and
   * `$disconnect`, because API Gateway delivers only while the connection is open.
   */
  reply(data: MessageData): Promise<void>;
}

/** Lambda's context with properties that one middleware adds. */
export type ContextWith<Name extends keyof RouteContext> = Context & Pick<RouteContext, Name>;

/** Lambda's context with properties that one middleware uses if they are present. */
export type ContextOption<Name extends keyof RouteContext> = Context & Partial<Pick<RouteContext, Name>>;

/** State of one request that the middlewares share, in Middy's `request.internal`. */
export type RequestState = {
  /** `performance.now()` */
  startedAt?: number;
  /** Ids of the queued broadcasts. The accounts of the fan-out have the same ids. */
  broadcastIds?: string[];
  /** Whether the line of the request has been logged. */
  logged?: boolean;
  /** `parseBody` has run. */
  parsed?: boolean;
  /** The `ackId` of the message. */
  ackId?: AckId;
  /** The subprotocol that `answerSubprotocol` answers. */
  subprotocol?: string;
  /** `keepConnection` has written the row. */
  kept?: boolean;
};
