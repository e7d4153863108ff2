import type { ConnectionTable } from '../aws/connections/connection-table.ts';
import { describeError, readProperty } from '../aws/describe-error.ts';
import type { ConnectionPoster } from '../aws/posting/connection-poster.ts';
import { CLIENT_ERROR, ERROR_CODES, type ErrorFrame, MAX_FRAME_ERRORS } from '../schemas/errors.ts';
import type { RoutedEvent, RouteResponse } from '../schemas/web-socket-event.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import { findPoster } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import { postToCaller } from './support/post-to-caller.ts';
import { readClientError } from './support/read-client-error.ts';
import type { ContextOption } from './support/route-context.ts';

export interface AnswerErrorsOptions {
  /** Longest wait for API Gateway to take the answer, in milliseconds: 1 to 5000. Default 1000. */
  timeoutMs?: number;
  /** Posts the answer. Default: that of `context.services`, else one for the event's own API. */
  poster?: ConnectionPoster;
  /** Loses the row of a caller that is gone. Default: that of `context.services`, else none. */
  table?: ConnectionTable;
}

type AnsweringContext = ContextOption<'services' | 'logger'>;

/**
 * Answers errors to the caller. On a message route the caller is posted one error frame and the function answers 200,
 * because API Gateway tells a client nothing of a route's status. On `$connect` there is nobody to post to yet: the error
 * is the status of the handshake. On `$disconnect`, and for an event without a type, it is the status too.
 *
 * If the answer does not arrive, that is logged and nothing is tried again; a caller that is gone loses its row.
 * Works alone. `logRequests` goes after it, so that the log has the error before the answer is tried.
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
 * @throws {TypeError} at set-up for an option that does not exist or is out of its bounds.
 * @throws {Error} from the function, if there is nothing to answer with: it names the first error.
 */
export const answerErrors = (
  options: AnswerErrorsOptions = {},
): MiddlewareObj<RoutedEvent, RouteResponse, Error, AnsweringContext> => {
  checkOptions('answerErrors', ANSWER_ERRORS_RULES, options);
  const { timeoutMs = 1_000 } = options;
  const answerErrorsOnError = async (request: Request<RoutedEvent, RouteResponse, Error, AnsweringContext>) => {
    const { error, event, context } = request;
    const { connectionId, eventType, requestId = context.awsRequestId } = event?.requestContext ?? {};
    // Nobody to answer: the function fails.
    if (typeof connectionId !== 'string') return;
    if (eventType !== 'MESSAGE') {
      request.response = { statusCode: refusalStatus(error) };
      return;
    }
    const services = {
      poster: posterFor(request, options.poster),
      table: options.table ?? context.services?.connections,
    };
    const frame = JSON.stringify(errorFrameOf(error, connectionId, requestId));
    const answer = await postToCaller({ ...services, logger: context.logger }, connectionId, frame, { timeoutMs });
    if (answer.outcome !== 'delivered') context.logger?.warn('An error frame was not delivered', { answer });
    request.response = { statusCode: 200 };
  };
  return { onError: answerErrorsOnError };
};

/** For `answerErrors`, and for those that pass its options on. */
export const ANSWER_ERRORS_RULES = {
  timeoutMs: { type: 'number', minimum: 1, maximum: 5_000 },
  poster: SERVICE,
  table: SERVICE,
} as const;

const posterFor = (
  { error, event, context }: Request<RoutedEvent, RouteResponse, Error, AnsweringContext>,
  given: ConnectionPoster | undefined,
): ConnectionPoster => {
  try {
    return findPoster('answerErrors', given, context, event.requestContext);
  } catch (unanswerable) {
    // The first error is the one to mend: a variable that is missing, say.
    const { message } = describeError(error);
    throw new Error(`${message} (unanswered: ${(unanswerable as Error).message})`, { cause: error });
  }
};

/** Our choice: longest path, rule or text of one violation, in characters: a client chooses the names of unknown fields. */
const MAX_TEXT_LENGTH = 200;
/** Our choice, in characters. */
const MAX_MESSAGE_LENGTH = 1_000;

/**
 * What a client may know of an error. A refusal says its code, text and violations; anything else that was thrown is
 * `INTERNAL` and says nothing. At most about 14 KB, whatever the client sent. Never throws.
 */
export const errorFrameOf = (error: unknown, connectionId: string, requestId: string): ErrorFrame<string> => {
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
    ...(refusal?.foreign && code === 'REFUSED' && { statusCode: refusal.statusCode }),
    ...(errors.length > 0 && { errors }),
    ...(violationCount > errors.length && { moreErrors: violationCount - errors.length }),
  };
};

const shorten = (text: string, maxLength = MAX_TEXT_LENGTH): string =>
  text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;

/**
 * The HTTP status that tells an error if there is nobody to post to: that of a refusal, or the 5xx of another package's
 * error, else 500. Never throws.
 */
export const refusalStatus = (error: unknown): number => {
  const refusal = readClientError(error);
  if (refusal) return refusal.statusCode;
  const status = readProperty(error, 'statusCode');
  const isFailure = Number.isInteger(status) && (status as number) >= 500 && (status as number) < 600;
  return isFailure && readProperty(error, CLIENT_ERROR) !== true ? (status as number) : 500;
};
