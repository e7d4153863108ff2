import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { Context } from 'aws-lambda';
import { ClientError, type SchemaViolation } from '../../schemas/errors.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { RequestState } from '../support/route-context.ts';
import { malformedJson } from './refuse-malformed-json.ts';

/**
 * Parses `event.body` as JSON with `@middy/http-json-body-parser`. It needs no headers, because messages do not have
 * any, and it tells the sender what is wrong.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { answerErrors, parseBody, type WebSocketEvent } from 'middy-fanout';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(answerErrors())
 *   .use(parseBody())
 *   .handler((event) => {
 *     console.log(typeof event.body); // object
 *     return { statusCode: 200 };
 *   });
 * ```
 * @throws {ClientError} `MESSAGE_MALFORMED` if the text is not JSON. `MESSAGE_INVALID` if there is no body, or if a key
 * of it could change an object's prototype.
 */
export const parseBody = (): MiddlewareObj<{ body?: unknown }, unknown, Error, Context, RequestState> => {
  // The package's type is for HTTP events, but it only reads `headers`, `body` and `isBase64Encoded`.
  const { before: parse } = httpJsonBodyParser({
    disableContentTypeCheck: true,
  }) as unknown as MiddlewareObj<{ body?: unknown }>;
  const parseBodyBefore = (request: Request<{ body?: unknown }, unknown, Error, Context, RequestState>): void => {
    const { body } = request.event;
    if (typeof body === 'object' && body !== null)
      throw new Error('parseBody got a body that is already parsed: use only one parser');
    if (typeof body !== 'string' || body === '')
      throw invalid({ path: '', rule: 'required', message: 'must have a body' });
    try {
      parse?.(request);
      request.internal.parsed = true;
    } catch (error) {
      throw refusal(error as Error, body);
    }
  };
  return { before: parseBodyBefore };
};

/** Does not keep the parser's error, because its cause contains the body. */
const refusal = ({ cause }: Error, body: string): ClientError => {
  const { message, data } = (cause ?? {}) as { message?: string; data?: unknown };
  if (message !== undefined) return malformedJson(body);
  return invalid({ path: '', rule: 'forbiddenKey', message: `must NOT have the key "${data}"` });
};

const invalid = (violation: SchemaViolation): ClientError =>
  new ClientError('MESSAGE_INVALID', { errors: [violation] });
