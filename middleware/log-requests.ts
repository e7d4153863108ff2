import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { describeError, readProperty } from '../aws/describe-error.ts';
import { connectionHash } from '../schemas/connection-hash.ts';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import { requestContextOf } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import { type Refusal, readClientError } from './support/read-client-error.ts';
import type { ContextWith, RequestNotes } from './support/route-context.ts';

export interface LogRequestsOptions {
  /** Writes the lines, unless there is a logger in the context already, as in a test. Default: Powertools' own. */
  logger?: Logger;
}

/**
 * Puts `logger` into the context and logs one structured line an event: `Handled` (info), `Refused` (warn) for what the
 * client did wrong, `Failed` (error) with the cause and its stack. `broadcastIds` lead to the accounts of what was
 * broadcast. Lines have `requestId`, which an error frame has too, and `connection`, a hash. Neither a message's text nor
 * a connection id is in them.
 *
 * An event that another middleware ends early, by a response, has its line too. One is without a line: if a hook that
 * answers errors throws itself, the function fails and Lambda logs that error. `webSocketRoute` logs it as well.
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
 * @throws {TypeError} at set-up for an option that does not exist or is wrong, and for an event of another source.
 */
export const logRequests = (
  options: LogRequestsOptions = {},
): MiddlewareObj<RoutedEvent, unknown, Error, ContextWith<'logger'>, RequestNotes> => {
  checkOptions('logRequests', { logger: SERVICE }, options);
  const { logBefore, logHandled, logFailed } = createRequestLog(options.logger);
  return { before: logBefore, after: logHandled, onError: logFailed } as ReturnType<typeof logRequests>;
};

type LoggedRequest = Request<RoutedEvent, unknown, unknown, ContextWith<'logger'>, RequestNotes>;

/** What `logRequests` is made of: `webSocketRoute` puts `requestEnd` into Middy's plugin hook. */
export const createRequestLog = (own: Logger = new Logger()) => {
  const logBefore = (request: LoggedRequest): void => {
    const { event, context, internal } = request;
    const requestContext = requestContextOf('logRequests', event);
    const { connectionId, routeKey, requestId = context.awsRequestId } = requestContext;
    internal.startedAt = performance.now();
    context.logger ??= own;
    context.logger.appendKeys({ requestId, routeKey, connection: connectionHash(connectionId) });
    // Middy starts a request with `error: undefined`, which is also what `throw undefined` leaves there.
    delete (request as Partial<LoggedRequest>).error;
    onEarlyResponse(request, () => logEnd(request));
  };
  const logHandled = ({ context, internal }: LoggedRequest): void => {
    if (internal.logged) return;
    internal.logged = true;
    (context.logger ?? own).info('Handled', describeRequest(context, internal));
  };
  const logFailed = ({ error, context, internal }: LoggedRequest): void => {
    if (internal.logged) return;
    internal.logged = true;
    const [logger, facts, refusal] = [
      context.logger ?? own,
      describeRequest(context, internal),
      readClientError(error),
    ];
    if (refusal) logger.warn('Refused', { ...facts, ...describeRefusal(error, refusal) });
    else logger.error('Failed', { ...facts, error: describeError(error) });
  };
  const logEnd = (request: LoggedRequest): void => ('error' in request ? logFailed(request) : logHandled(request));

  /** Runs in every case, after every hook. */
  const requestEnd = (request: Request): void => logEnd(request as unknown as LoggedRequest);
  return { logger: own, logBefore, logHandled, logFailed, requestEnd };
};

/**
 * Middy skips every hook that is left once one returns a response: it notes `earlyResponse` and then sets `response`,
 * which is where this listens.
 */
const onEarlyResponse = (request: LoggedRequest, tell: () => void): void => {
  let { response } = request;
  Object.defineProperty(request, 'response', {
    enumerable: true,
    configurable: true,
    get: () => response,
    set: (given) => {
      response = given;
      if ('earlyResponse' in request) tell();
    },
  });
};

const describeRequest = ({ awsRequestId }: Context, { startedAt, broadcastIds }: RequestNotes) => ({
  durationMs: elapsedMs(startedAt),
  ...(broadcastIds && { broadcastIds }),
  // The event was refused before its keys were appended: the logger still has those of the event before.
  ...(startedAt === undefined && { requestId: awsRequestId, routeKey: undefined, connection: undefined }),
});

/** Rules and counts. The texts of violations are the client's: they quote its message. */
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
