import type { ConnectionTable } from '../aws/connections/connection-table.ts';
import { describeError, readProperty } from '../aws/describe-error.ts';
import type { ConnectionPoster } from '../aws/posting/connection-poster.ts';
import type { AckId } from '../schemas/channels/frames.ts';
import { CLIENT_ERROR, ERROR_CODES, type ErrorFrame, MAX_FRAME_ERRORS } from '../schemas/errors.ts';
import type { RoutedEvent, RouteResponse } from '../schemas/web-socket-event.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import { findPoster } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import { postToCaller } from './support/post-to-caller.ts';
import { readClientError } from './support/read-client-error.ts';
import type { ContextOption, RequestState } from './support/route-context.ts';

export interface AnswerErrorsOptions {
  /** Longest wait for API Gateway to accept the answer, in milliseconds: 1 to 5000. Default 1000. */
  timeoutMs?: number;
  /** Posts the answer. Default: the poster of `context.services`, otherwise a poster for the event's own API. */
  poster?: ConnectionPoster;
  /** Deletes the row of a stale caller. Default: the table of `context.services`. Without a table, the row stays. */
  table?: ConnectionTable;
}

type AnsweringContext = ContextOption<'services' | 'logger'>;

/**
 * Answers the caller if a route fails.
 * - On a message route it posts one error frame to the caller, and the function answers 200. API Gateway does not tell
 *   a client the status of a route.
 * - On `$connect` the error becomes the status of the handshake, because no post can reach the caller yet.
 * - On `$disconnect`, and for an event without a type, the error becomes the status as well.
 *
 * It posts once. If the post fails, it logs a warning. If the caller is stale, it deletes the caller's row.
 * Works alone. Put `logRequests` after it, so that every error is logged before the answer is posted. If the context
 * has no logger, it writes errors that are `INTERNAL` for the client with `console.error`, and does not log refusals.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { answerErrors, ClientError, type WebSocketEvent } from 'middy-fanout';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(answerErrors({ timeoutMs: 500 }))
 *   .handler(() => {
 *     throw new ClientError('FORBIDDEN');
 *   });
 * ```
 * @throws {TypeError} at set-up if an option does not exist or is out of bounds.
 * @throws {Error} from the function if there is no poster. The message starts with the message of the first error.
 */
export const answerErrors = (
  options: AnswerErrorsOptions = {},
): MiddlewareObj<RoutedEvent, RouteResponse, Error, AnsweringContext, RequestState> => {
  checkOptions('answerErrors', ANSWER_ERRORS_RULES, options);
  const { timeoutMs = 1_000 } = options;
  const answerErrorsOnError = async (
    request: Request<RoutedEvent, RouteResponse, Error, AnsweringContext, RequestState>,
  ) => {
    const { error, event, context, internal } = request;
    const { connectionId, eventType, requestId = context.awsRequestId } = event?.requestContext ?? {};
    // Without a connection there is no client to answer: the function fails.
    if (typeof connectionId !== 'string') return;
    // Without logRequests or another logger, nobody else would see why a route failed.
    const isInternal = (readClientError(error)?.code ?? 'INTERNAL') === 'INTERNAL';
    if (isInternal && !context.logger && !internal?.logged)
      console.error('Failed', { requestId, error: describeError(error) });
    if (eventType !== 'MESSAGE') {
      request.response = { statusCode: refusalStatus(error) };
      return;
    }
    const services = {
      poster: findPosterOrFail(request, options.poster),
      table: options.table ?? context.services?.connections,
    };
    const frame = JSON.stringify(errorFrameOf(error, connectionId, requestId, internal?.ackId));
    const answer = await postToCaller({ ...services, logger: context.logger }, connectionId, frame, { timeoutMs });
    const logger = context.logger ?? console;
    if (answer.outcome !== 'delivered') logger.warn('An error frame was not delivered', { answer });
    request.response = { statusCode: 200 };
  };
  return { onError: answerErrorsOnError };
};

/** Also for functions that pass on these options. */
export const ANSWER_ERRORS_RULES = {
  timeoutMs: { type: 'number', minimum: 1, maximum: 5_000 },
  poster: SERVICE,
  table: SERVICE,
} as const;

const findPosterOrFail = (
  { error, event, context }: Request<RoutedEvent, RouteResponse, Error, AnsweringContext, RequestState>,
  option: ConnectionPoster | undefined,
): ConnectionPoster => {
  try {
    return findPoster('answerErrors', option, context, event.requestContext);
  } catch (noPoster) {
    // The first error is usually the reason, for example a missing variable.
    const { message } = describeError(error);
    throw new Error(`${message} (the caller was not answered: ${(noPoster as Error).message})`, { cause: error });
  }
};

/** Our choice: longest path, rule or message of one violation, in characters. A client may send long field names. */
const MAX_TEXT_LENGTH = 200;
/** Our choice: longest message of a frame, in characters. */
const MAX_MESSAGE_LENGTH = 1_000;

/**
 * Makes the frame that tells a client about an error. A refusal has its code, message and violations. Any other error
 * is `INTERNAL`, without details. The frame has at most about 14 KB, whatever the client sent. Never throws.
 */
export const errorFrameOf = (
  error: unknown,
  connectionId: string,
  requestId: string,
  ackId?: AckId,
): ErrorFrame<string> => {
  const refusal = readClientError(error);
  const {
    code = 'INTERNAL',
    message = ERROR_CODES.INTERNAL.message,
    violations = [],
    violationCount = 0,
  } = refusal ?? {};
  const errors = violations
    .slice(0, MAX_FRAME_ERRORS)
    .map(({ path, rule, message }) => ({ path: shorten(path), rule: shorten(rule), message: shorten(message) }));
  return {
    message: shorten(message, MAX_MESSAGE_LENGTH),
    connectionId,
    requestId,
    code,
    ...(ackId !== undefined && { ackId }),
    ...(refusal?.foreign && code === 'REFUSED' && { statusCode: refusal.statusCode }),
    ...(errors.length > 0 && { errors }),
    ...(violationCount > errors.length && { moreErrors: violationCount - errors.length }),
  };
};

const shorten = (text: string, maxLength = MAX_TEXT_LENGTH): string =>
  text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;

/**
 * Returns the HTTP status for an error that cannot be posted: the status of a refusal, the 5xx of another package's
 * error, or otherwise 500. Never throws.
 */
export const refusalStatus = (error: unknown): number => {
  const refusal = readClientError(error);
  if (refusal) return refusal.statusCode;
  const status = readProperty(error, 'statusCode');
  const isFailure = Number.isInteger(status) && (status as number) >= 500 && (status as number) < 600;
  return isFailure && readProperty(error, CLIENT_ERROR) !== true ? (status as number) : 500;
};
