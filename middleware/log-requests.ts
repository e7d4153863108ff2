import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj, Request } from '@middy/core';
import { describeError, readProperty } from '../aws/describe-error.ts';
import { connectionHash } from '../schemas/connection-hash.ts';
import { type ReadClientError, readClientError } from './read-client-error.ts';
import type { RequestNotes } from './request-notes.ts';
import type { ContextWith } from './route-context.ts';
import type { RoutedEvent } from './web-socket-event.ts';

/**
 * Puts `logger` into the context, the one that is there already or Powertools' (`POWERTOOLS_LOG_LEVEL`,
 * `POWERTOOLS_SERVICE_NAME`), and logs one structured line an event: `Handled` (info), `Refused` (warn) for what the client
 * did wrong, `Failed` (error) with the cause and its stack. `broadcastIds` lead to the accounts of what was broadcast. Lines have `requestId`, which an error frame has too, and
 * `connection`, a hash. Neither a message's text nor a connection id is in them.
 */
export const logRequests = (): LoggingMiddleware => {
  const powertools = new Logger();
  type LoggedRequest = Request<RoutedEvent, unknown, unknown, ContextWith<'logger'>, RequestNotes>;

  const logRequestsBefore = ({ event, context, internal }: LoggedRequest): void => {
    const { connectionId, routeKey, requestId = context.awsRequestId } = event.requestContext;
    internal.startedAt = performance.now();
    context.logger ??= powertools;
    context.logger.appendKeys({ requestId, routeKey, connection: connectionHash(connectionId) });
  };
  const logRequestsAfter = ({ context, internal }: LoggedRequest): void => {
    const { startedAt, broadcastIds } = internal;
    context.logger.info('Handled', { durationMs: elapsedMs(startedAt), ...(broadcastIds && { broadcastIds }) });
  };
  const logRequestsOnError = ({ error, context, internal }: LoggedRequest): void => {
    const durationMs = elapsedMs(internal.startedAt);
    const logger = context.logger ?? powertools;
    const refusal = readClientError(error);
    if (refusal) logger.warn('Refused', { durationMs, ...describeRefusal(error, refusal) });
    else logger.error('Failed', { durationMs, error: describeError(error) });
  };
  return { before: logRequestsBefore, after: logRequestsAfter, onError: logRequestsOnError } as LoggingMiddleware;
};

type LoggingMiddleware = MiddlewareObj<RoutedEvent, unknown, Error, ContextWith<'logger'>>;

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
