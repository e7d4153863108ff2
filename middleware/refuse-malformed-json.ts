import { ClientError } from '../schemas/errors.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';

/** Whether a text begins as an object or an array does. */
export const looksLikeJson = (text: string): boolean => /^\s*[{[]/.test(text);

/**
 * Refuses a text that starts with `{` or `[` and is not JSON. For `$default`, where API Gateway sends what it cannot read
 * an action from: most of it was meant as JSON, and who wrote it would otherwise not learn what is wrong with it.
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
 * The refusal of a text that could not be parsed as JSON. Its one violation says where the text goes wrong, and quotes a
 * few characters of it: it is for the client that wrote them, not for a log.
 */
export const malformedJson = (text: string): ClientError =>
  new ClientError('MESSAGE_MALFORMED', { errors: [{ path: '', rule: 'json', message: faultOf(text) }] });

const faultOf = (text: string): string => {
  try {
    JSON.parse(text);
    return 'is nested too deeply'; // the parser that failed calls itself for each level; JSON.parse does not
  } catch (error) {
    return (error as Error).message;
  }
};
