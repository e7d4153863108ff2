import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { describeError, readProperty } from '../aws/describe-error.ts';
import { connectionHash } from '../schemas/connections/connection-hash.ts';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import { requestContextOf } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import { type Refusal, readClientError } from './support/read-client-error.ts';
import type { ContextWith, RequestState } from './support/route-context.ts';

export interface LogRequestsOptions {
  /** Writes the lines, unless the context already has a logger, as in a test. Default: a Powertools logger. */
  logger?: Logger;
}

/**
 * Puts `logger` into the context and logs one structured line for each event:
 * - `Handled` (info)
 * - `Refused` (warn) if the client is at fault
 * - `Failed` (error) with the cause and its stack.
 *
 * Each line has the `requestId` of the error frame and `connection`, a hash. `broadcastIds` are the ids of the event's
 * broadcasts. The accounts of the fan-out have the same ids. A line never contains the text of a message or a
 * connection id.
 *
 * If another middleware ends the event early with a response, the line is logged too. If an `onError` hook throws,
 * there is no line: the function fails and Lambda logs the error. `webSocketRoute` writes a line in this case too.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { logRequests, type WebSocketEvent } from 'middy-fanout';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(logRequests())
 *   .handler((_event, { logger }) => {
 *     logger.info('Here');
 *     return { statusCode: 200 };
 *   });
 * ```
 * @throws {TypeError} at set-up if an option does not exist or is invalid, and at an event that is not a WebSocket
 * event.
 */
export const logRequests = (
  options: LogRequestsOptions = {},
): MiddlewareObj<RoutedEvent, unknown, Error, ContextWith<'logger'>, RequestState> => {
  checkOptions('logRequests', { logger: SERVICE }, options);
  const { logBefore, logHandled, logFailed } = createRequestLog(options.logger);
  return { before: logBefore, after: logHandled, onError: logFailed } as ReturnType<typeof logRequests>;
};

type LoggedRequest = Request<RoutedEvent, unknown, unknown, ContextWith<'logger'>, RequestState>;

/** Creates the hooks of `logRequests`. `webSocketRoute` uses `requestEnd` as Middy's plugin hook. */
export const createRequestLog = (defaultLogger: Logger = new Logger()) => {
  const logBefore = (request: LoggedRequest): void => {
    const { event, context, internal } = request;
    const requestContext = requestContextOf('logRequests', event);
    const { connectionId, routeKey, requestId = context.awsRequestId } = requestContext;
    internal.startedAt = performance.now();
    context.logger ??= defaultLogger;
    context.logger.appendKeys({ requestId, routeKey, connection: connectionHash(connectionId) });
    // Middy starts a request with `error: undefined`, and `throw undefined` sets the same value.
    delete (request as Partial<LoggedRequest>).error;
    onEarlyResponse(request, () => logEnd(request));
  };
  const logHandled = ({ context, internal }: LoggedRequest): void => {
    if (internal.logged) return;
    internal.logged = true;
    (context.logger ?? defaultLogger).info('Handled', describeRequest(context, internal));
  };
  const logFailed = ({ error, context, internal }: LoggedRequest): void => {
    if (internal.logged) return;
    internal.logged = true;
    const [logger, facts, refusal] = [
      context.logger ?? defaultLogger,
      describeRequest(context, internal),
      readClientError(error),
    ];
    if (refusal) logger.warn('Refused', { ...facts, ...describeRefusal(error, refusal) });
    else logger.error('Failed', { ...facts, error: describeError(error) });
  };
  const logEnd = (request: LoggedRequest): void => ('error' in request ? logFailed(request) : logHandled(request));

  /** Always runs, after all other hooks. */
  const requestEnd = (request: Request): void => logEnd(request as unknown as LoggedRequest);
  return { logger: defaultLogger, logBefore, logHandled, logFailed, requestEnd };
};

/**
 * Calls `log` if a hook returns a response. Middy then sets `earlyResponse`, sets `response` and skips the remaining
 * hooks, so this watches `response`.
 */
const onEarlyResponse = (request: LoggedRequest, log: () => void): void => {
  let { response } = request;
  Object.defineProperty(request, 'response', {
    enumerable: true,
    configurable: true,
    get: () => response,
    set: (newResponse) => {
      response = newResponse;
      if ('earlyResponse' in request) log();
    },
  });
};

const describeRequest = ({ awsRequestId }: Context, { startedAt, broadcastIds }: RequestState) => ({
  durationMs: elapsedMs(startedAt),
  ...(broadcastIds && { broadcastIds }),
  // If the event was refused before its keys were appended, the logger still has the keys of the previous event.
  ...(startedAt === undefined && { requestId: awsRequestId, routeKey: undefined, connection: undefined }),
});

/** Rules and counts only, because the messages of violations quote the client's message. */
const describeRefusal = (error: unknown, { code, violations, violationCount, facts, foreign }: Refusal) => {
  const cause = readProperty(error, 'cause');
  return {
    code,
    ...(Object.keys(facts).length > 0 && { details: facts }),
    ...(violationCount > 0 && { rules: [...new Set(violations.map(({ rule }) => rule))], violations: violationCount }),
    ...(foreign && { error: foreign }),
    ...(!foreign && cause !== undefined && { cause: describeError(cause) }),
  };
};

const elapsedMs = (startedAt = performance.now()): number => Math.round((performance.now() - startedAt) * 10) / 10;
