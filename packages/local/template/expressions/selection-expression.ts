import { findAt, type JsonPath, javaText, parseJson, parseJsonPath } from './json-path.ts';

/** Returns the key that a message selects, or `undefined` if the expression cannot be evaluated on the message. */
export type KeySelector = (body: string) => string | undefined;

type Part = { text: string } | { path: JsonPath };

/** A variable without braces takes the rest of the expression. AWS documents no other end of it. */
const PART =
  /\\(?<escaped>\$)|\$\{request\.body(?<braced>[^}]*)\}|\$request\.body(?<bare>.*)|(?<key>^\$default$)|(?<text>[^$\\]+)/sy;

/**
 * Compiles a selection expression: `$request.body.action`, `${request.body.service.do}`, brackets, several variables
 * with static text between them, `\$` for a dollar sign. The value at a path becomes text: `5` is `5`, an array is `[a,
 * b]`, a missing value is empty.
 *
 * @throws {Error} naming anything else: another variable than `request.body`, a JSONPath with more than names and
 * indexes, text after a variable without braces.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export const selectionExpression = (expression: string): KeySelector => {
  const parts = parse(expression);
  if (parts.every((part) => 'text' in part)) {
    const key = parts.map(({ text }) => text).join('');
    return () => key;
  }
  return (body) => {
    const message = parseJson(body);
    if (!message) return undefined;
    const texts = parts.map((part) => ('text' in part ? part.text : textAt(message.value, part.path)));
    return texts.includes(undefined) ? undefined : texts.join('');
  };
};

const parse = (expression: string): Part[] => {
  const parts: Part[] = [];
  for (let at = 0; at < expression.length; at = PART.lastIndex) {
    PART.lastIndex = at;
    const groups = PART.exec(expression)?.groups;
    const text = groups?.escaped ?? groups?.key ?? groups?.text;
    const path = parseJsonPath(groups?.braced ?? groups?.bare ?? '');
    if (!groups || !path)
      throw new Error(
        `selection expression "${expression}": "${expression.slice(at)}" is not supported: use only names and indexes in a path, and put braces around a variable that has text after it, such as \${request.body.action}`,
      );
    parts.push(text === undefined ? { path } : { text });
  }
  return parts;
};

const textAt = (value: unknown, path: JsonPath): string | undefined => {
  const part = findAt(value, path);
  if (part === undefined) return '';
  if (part === null) return undefined;
  try {
    return javaText(part);
  } catch {
    return undefined; // a client can nest arrays deeper than the stack allows
  }
};

/**
 * The pattern of an integration response's key, such as `/2\d\d/`; `undefined` for `$default`.
 *
 * @throws {Error} if the key is neither, or its pattern is not a regular expression.
 */
export const responseKeyMatcher = (key: string): RegExp | undefined => {
  if (key === '$default') return undefined;
  if (/^\/.+\/$/.test(key)) return new RegExp(`^(?:${key.slice(1, -1)})$`);
  throw new Error(`the integration response key "${key}" is neither $default nor a pattern such as /200/`);
};
