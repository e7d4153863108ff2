import type { MiddlewareObj, Request } from '@middy/core';
import type { RouteResponse } from '../schemas/route-response.ts';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';
import { errorFrameOf } from './error-frame-of.ts';
import { refusalStatus } from './refusal-status.ts';
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
