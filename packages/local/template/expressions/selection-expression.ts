import { findAt, type JsonPath, javaText, parseJson, parseJsonPath } from './json-path.ts';

/** Gives the key that a message selects, or `undefined` where the expression cannot be evaluated on it. */
export type KeySelector = (body: string) => string | undefined;

type Part = { text: string } | { path: JsonPath };

/** A variable without braces takes all that follows: where it ends is documented only for one that ends the expression. */
const PART =
  /\\(?<escaped>\$)|\$\{request\.body(?<braced>[^}]*)\}|\$request\.body(?<bare>.*)|(?<key>^\$default$)|(?<text>[^$\\]+)/sy;

/**
 * Compiles a selection expression: `$request.body.action`, `${request.body.service.do}`, brackets, several of them with
 * static text between, `\$` for a dollar sign. What a path finds is made text: `5` is `5`, an array is `[a, b]`, a path
 * that finds nothing is empty.
 *
 * @throws {Error} Where it has anything else: another variable than `request.body`, a JSONPath of more than names and
 * indexes, text after a variable without braces. The message names it.
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
        `selection expression "${expression}": "${expression.slice(at)}" is not understood: a path has names and indexes alone, and a variable with text after it is in braces, as \${request.body.action}`,
      );
    parts.push(text === undefined ? { path } : { text });
  }
  return parts;
};

const textAt = (value: unknown, path: JsonPath): string | undefined => {
  const found = findAt(value, path);
  if (found === undefined) return '';
  if (found === null) return undefined;
  try {
    return javaText(found);
  } catch {
    return undefined; // a client can nest arrays deeper than the stack
  }
};

/**
 * The pattern of an integration response's key, such as `/2\d\d/`; `undefined` for `$default`.
 *
 * @throws {Error} Where the key is neither, or its pattern is no regular expression.
 */
export const responseKeyMatcher = (key: string): RegExp | undefined => {
  if (key === '$default') return undefined;
  if (/^\/.+\/$/.test(key)) return new RegExp(`^(?:${key.slice(1, -1)})$`);
  throw new Error(`the integration response key "${key}" is neither $default nor a pattern such as /200/`);
};
