import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj, Request } from '@middy/core';
import type { Context } from 'aws-lambda';
import { describeError, readProperty } from '../aws/describe-error.ts';
import { connectionHash } from '../schemas/connection-hash.ts';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';
import { type ReadClientError, readClientError } from './read-client-error.ts';
import type { ContextWith, RequestNotes } from './support/route-context.ts';

/**
 * Puts `logger` into the context, the one that is there already or Powertools' (`POWERTOOLS_LOG_LEVEL`,
 * `POWERTOOLS_SERVICE_NAME`), and logs one structured line an event: `Handled` (info), `Refused` (warn) for what the client
 * did wrong, `Failed` (error) with the cause and its stack. `broadcastIds` lead to the accounts of what was broadcast.
 * Lines have `requestId`, which an error frame has too, and `connection`, a hash. Neither a message's text nor a connection
 * id is in them.
 *
 * Middy skips every hook that is left once one returns a value, this one's too. `webSocketRoute` logs such events all the
 * same.
 */
export const logRequests = (): MiddlewareObj<RoutedEvent, unknown, Error, ContextWith<'logger'>> => {
  const { logBefore, logHandled, logFailed } = createRequestLog();
  return { before: logBefore, after: logHandled, onError: logFailed } as ReturnType<typeof logRequests>;
};

type LoggedRequest = Request<RoutedEvent, unknown, unknown, ContextWith<'logger'>, RequestNotes>;

/** What `logRequests` is made of: for `webSocketRoute`, which puts it into other hooks. */
export const createRequestLog = () => {
  const powertools = new Logger();

  const logBefore = ({ event, context, internal }: LoggedRequest): void => {
    const { connectionId, routeKey, requestId = context.awsRequestId } = event.requestContext;
    internal.startedAt = performance.now();
    context.logger ??= powertools;
    context.logger.appendKeys({ requestId, routeKey, connection: connectionHash(connectionId) });
  };
  const logHandled = ({ context, internal }: LoggedRequest): void => {
    (context.logger ?? powertools).info('Handled', describeRequest(context, internal));
  };
  const logFailed = ({ error, context, internal }: LoggedRequest): void => {
    internal.failureLogged = true;
    const [logger, facts, refusal] = [
      context.logger ?? powertools,
      describeRequest(context, internal),
      readClientError(error),
    ];
    if (refusal) logger.warn('Refused', { ...facts, ...describeRefusal(error, refusal) });
    else logger.error('Failed', { ...facts, error: describeError(error) });
  };

  /** Middy starts a request with `error: undefined`, which is also what `throw undefined` leaves there. */
  const requestStart = (request: Partial<Request>): void => {
    delete request.error;
  };
  /** Runs in every case, after every hook. A failure is logged before it is answered, unless that hook was skipped. */
  const requestEnd = (ended: Request): void => {
    const request = ended as unknown as LoggedRequest;
    if (!('error' in request)) logHandled(request);
    else if (!request.internal.failureLogged) logFailed(request);
  };
  return { logBefore, logHandled, logFailed, requestStart, requestEnd };
};

const describeRequest = ({ awsRequestId }: Context, { startedAt, broadcastIds }: RequestNotes) => ({
  durationMs: elapsedMs(startedAt),
  ...(broadcastIds && { broadcastIds }),
  // The event was refused before its keys were appended: the logger still has those of the event before.
  ...(startedAt === undefined && { requestId: awsRequestId, routeKey: undefined, connection: undefined }),
});

/** Rules and counts. The texts of violations are the client's: they quote its message. */
const describeRefusal = (error: unknown, { code, violations, violationCount, facts }: ReadClientError) => {
  const cause = readProperty(error, 'cause');
  return {
    code,
    ...(Object.keys(facts).length > 0 && { details: facts }),
    ...(violationCount > 0 && { rules: [...new Set(violations.map(({ rule }) => rule))], violations: violationCount }),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
};

const elapsedMs = (startedAt = performance.now()): number => Math.round((performance.now() - startedAt) * 10) / 10;
