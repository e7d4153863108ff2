import { ClientError } from '../../schemas/errors.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';

/** Checks whether text starts like a JSON object or array. */
export const looksLikeJson = (text: string): boolean => /^\s*[{[]/.test(text);

/**
 * Refuses text that starts with `{` or `[` but is not JSON, and tells its sender what is wrong. Use it on `$default`:
 * API Gateway sends malformed JSON there, because it cannot read the action.
 *
 * ```ts
 * import { refuseMalformedJson, webSocketRoute } from 'middy-fanout';
 *
 * export const handler = webSocketRoute()
 *   .use(refuseMalformedJson())
 *   .handler((_event, { reply }) => reply('Send JSON with an action'));
 * ```
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

/**
 * Creates the refusal of text that could not be parsed as JSON. Its one violation says where the mistake is, and
 * quotes a few characters of the text. It is for the client that sent the text, not for a log.
 */
export const malformedJson = (text: string): ClientError =>
  new ClientError('MESSAGE_MALFORMED', { errors: [{ path: '', rule: 'json', message: faultOf(text) }] });

const faultOf = (text: string): string => {
  try {
    JSON.parse(text);
    return 'is nested too deeply'; // JSON.parse succeeded: the parser that failed is recursive
  } catch (error) {
    return (error as Error).message;
  }
};
