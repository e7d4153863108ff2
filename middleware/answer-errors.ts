import type { MiddlewareObj, Request } from '@middy/core';
import { readProperty } from '../aws/describe-error.ts';
import { ERROR_CODES, type ErrorFrame, MAX_FRAME_ERRORS } from '../schemas/errors.ts';
import type { RoutedEvent, RouteResponse } from '../schemas/web-socket-event.ts';
import { readClientError } from './read-client-error.ts';
import { postToCaller } from './support/post-to-caller.ts';
import type { ContextWith } from './support/route-context.ts';

export interface AnswerErrorsOptions {
  /** Longest wait for API Gateway to take the answer, in milliseconds: 1 to 5000. Default 1000. */
  timeoutMs?: number;
}

/**
 * Answers errors to the caller. On a message route the caller is posted one error frame and the function answers 200,
 * because API Gateway tells a client nothing of a route's status. On `$connect` there is nobody to post to yet: the error
 * is the status of the handshake. On `$disconnect`, and for an event without a type, it is the status too.
 *
 * If the answer does not arrive, that is logged and nothing is tried again; a caller that is gone loses its row.
 * Goes after `provideServices`; `logRequests` goes after it, so that the log has the error before the answer is tried.
 * @throws {RangeError} at set-up, where `timeoutMs` is out of its bounds.
 */
export const answerErrors = ({
  timeoutMs = 1_000,
}: AnswerErrorsOptions = {}): MiddlewareObj<RoutedEvent, RouteResponse, Error, AnsweringContext> => {
  if (!(timeoutMs >= 1 && timeoutMs <= 5_000)) {
    throw new RangeError(`Expected timeoutMs to be from 1 to 5000, got ${timeoutMs}`);
  }
  const answerErrorsOnError = async (request: Request<RoutedEvent, RouteResponse, Error, AnsweringContext>) => {
    const { error, event, context } = request;
    const { connectionId, eventType, requestId = context.awsRequestId } = event?.requestContext ?? {};
    // Nobody to answer, or nothing to answer with: the function fails, and API Gateway tells the client so.
    if (typeof connectionId !== 'string' || !context.services) return;
    if (eventType !== 'MESSAGE') {
      request.response = { statusCode: refusalStatus(error) };
      return;
    }
    const frame = errorFrameOf(error, connectionId, requestId);
    const answer = await postToCaller(context, connectionId, JSON.stringify(frame), { timeoutMs });
    if (answer.outcome !== 'delivered') context.logger?.warn('An error frame was not delivered', { answer });
    request.response = { statusCode: 200 };
  };
  return { onError: answerErrorsOnError };
};

type AnsweringContext = ContextWith<'services' | 'logger'>;

/** Ours: longest path, rule or text of one violation, in characters: a client chooses the names of unknown fields. */
const MAX_TEXT_LENGTH = 200;

/**
 * What a client may know of an error. A `ClientError` says its code, text and violations; anything else that was thrown is
 * `INTERNAL` and says nothing. At most about 12 KB, whatever the client sent. Never throws.
 */
export const errorFrameOf = (error: unknown, connectionId: string, requestId: string): ErrorFrame => {
  const { code = 'INTERNAL', violations = [], violationCount = 0 } = readClientError(error) ?? {};
  const errors = violations
    .slice(0, MAX_FRAME_ERRORS)
    .map(({ path, rule, message }) => ({ path: shorten(path), rule: shorten(rule), message: shorten(message) }));
  return {
    message: ERROR_CODES[code].message,
    connectionId,
    requestId,
    code,
    ...(errors.length > 0 && { errors }),
    ...(violationCount > errors.length && { moreErrors: violationCount - errors.length }),
  };
};

const shorten = (text: string): string =>
  text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH - 1)}…` : text;

/**
 * The HTTP status that tells an error where there is nobody to post to: a `ClientError`'s own, that of an error made by
 * `createError` of Middy or of `http-errors`, else 500. Never throws.
 */
export const refusalStatus = (error: unknown): number => {
  const refusal = readClientError(error);
  if (refusal) return ERROR_CODES[refusal.code].statusCode;
  const status = readProperty(error, 'statusCode');
  const isRefusal = Number.isInteger(status) && (status as number) >= 400 && (status as number) < 600;
  return isRefusal ? (status as number) : 500;
};
