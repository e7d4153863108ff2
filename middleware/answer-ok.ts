import type { MiddlewareObj, Request } from '@middy/core';
import type { RouteResponse } from '../schemas/route-response.ts';

/**
 * Answers `{statusCode: 200}` unless the handler returned a response of its own. Anything else that it returned is not
 * one: API Gateway would fail on it, and send the client "Internal server error".
 */
export const answerOk = (): MiddlewareObj<unknown, RouteResponse> => {
  const answerOkAfter = (request: Request<unknown, RouteResponse>): void => {
    const { statusCode } = Object(request.response) as Partial<RouteResponse>;
    if (!Number.isInteger(statusCode)) request.response = { statusCode: 200 };
  };
  return { after: answerOkAfter };
};
