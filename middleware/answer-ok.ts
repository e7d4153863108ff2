import type { MiddlewareObj, Request } from '@middy/core';
import type { RouteEvent } from './route-event.ts';
import type { RouteResponse } from './route-response.ts';

/**
 * Answers `{statusCode: 200}` unless the handler returned a response of its own. Anything else that it returned is not
 * one: API Gateway would fail on it, and send the client "Internal server error".
 */
export const answerOk = (): MiddlewareObj<RouteEvent, RouteResponse> => {
  const answerOkAfter = (request: Request<RouteEvent, RouteResponse>): void => {
    const { statusCode } = Object(request.response) as Partial<RouteResponse>;
    if (!Number.isInteger(statusCode)) request.response = { statusCode: 200 };
  };
  return { after: answerOkAfter };
};
