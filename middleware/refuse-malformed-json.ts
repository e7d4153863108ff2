import type { MiddlewareObj, Request } from '@middy/core';
import { malformedJson } from './parse-body.ts';

/** Whether a text begins as an object or an array does. */
export const looksLikeJson = (text: string): boolean => /^\s*[{[]/.test(text);

/**
 * Refuses a text that starts with `{` or `[` and is not JSON. For `$default`, where API Gateway sends what it cannot read
 * an action from: most of it was meant as JSON, and who wrote it would otherwise not learn what is wrong with it.
 * @throws {ClientError} `MESSAGE_MALFORMED`
 */
export const refuseMalformedJson = (): MiddlewareObj<{ body?: unknown }> => {
  const refuseMalformedJsonBefore = ({ event: { body } }: Request<{ body?: unknown }>): void => {
    if (typeof body !== 'string' || !looksLikeJson(body)) return;
    try {
      JSON.parse(body);
    } catch {
      throw malformedJson(body);
    }
  };
  return { before: refuseMalformedJsonBefore };
};
