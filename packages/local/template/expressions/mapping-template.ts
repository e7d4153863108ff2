import { findAt, javaText, parseJson, parseJsonPath } from './json-path.ts';

/** The values that a template can refer to. */
export interface TemplateVariables {
  /** `$context`: the request context of an event. */
  context: object;
  stageVariables: Readonly<Record<string, string>>;
  /** `$input.body`: the message; empty for `$connect` and `$disconnect`. */
  body: string;
}

export interface MappingTemplate {
  /** The parts of the template that are not supported here, such as `#if` and `$util.urlEncode`. */
  unsupported: readonly string[];
  fill(variables: TemplateVariables): string;
}

type Print = (variables: TemplateVariables) => string;

const ARGUMENTS = String.raw`\((?:"[^"]*"|'[^']*'|\([^()]*\)|[^()"'])*\)?`;
const INDEX = String.raw`\[(?:"[^"]*"|'[^']*'|[^\]"'])*\]?`;
/** A name with its properties, calls and indexes, as Velocity reads it. A hyphen is part of a name. */
const CHAIN = String.raw`[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*(?:${ARGUMENTS})?|${INDEX})*`;
/**
 * Everything that Velocity does not print unchanged: directives, comments, references, and backslashes that escape
 * them.
 */
const NOT_TEXT = new RegExp(
  String.raw`\\*(?:#(?:[#*]|\[\[|\{?[A-Za-z@_]\w*)|\$!?(?:\{(?<braced>${CHAIN})\}|\{[^}]*\}?|(?<bare>${CHAIN})))`,
  'g',
);

const INPUT_CALL = /^input\.(json|path)\(\s*(["'])\$((?:(?!\2)[^$#])*)\2\s*\)(.*)$/s;
const STAGE_VARIABLE = /^stageVariables(?:\.(\w+)|\[(["'])(\w+)\2\])$/;
/** The names that can follow `$context.`. `authorizer.` with a name can also follow. */
const CONTEXT = new Set([
  ...['apiId', 'connectedAt', 'connectionId', 'domainName', 'eventType', 'extendedRequestId', 'messageId', 'requestId'],
  ...['requestTime', 'requestTimeEpoch', 'routeKey', 'stage'],
  ...['identity.accountId', 'identity.caller', 'identity.sourceIp', 'identity.user', 'identity.userAgent'],
  'identity.userArn',
  // These never have a value here: API keys are refused at start, and no caller signs in with Amazon Cognito.
  ...['identity.apiKey', 'identity.apiKeyId', 'identity.cognitoAuthenticationProvider'],
  ...['identity.cognitoAuthenticationType', 'identity.cognitoIdentityId', 'identity.cognitoIdentityPoolId'],
]);
const AUTHORIZER = /^authorizer\.[\w-]+$/;
/** Properties that Velocity takes from a Java object before it looks for a key of that name. */
const OF_JAVA = /^(?:class|empty|bytes)$/i;

/**
 * Compiles the part of the template language that a mock integration's `{"statusCode": 200}` and a `ping` route need:
 * text, the documented `$context.…`, `$stageVariables.…`, `$input.body`, `$input.json('$.…')`, and `$input.path('$.…')`
 * with properties and indexes after it. Directives, calls, escapes and other references are not run;
 * {@link MappingTemplate.unsupported} names them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 * @see https://velocity.apache.org/engine/1.7/vtl-reference.html
 */
export const mappingTemplate = (template: string): MappingTemplate => {
  const unsupported: string[] = [];
  const parts: Print[] = [];
  let at = 0;
  const addText = (end: number): void => {
    const text = template.slice(at, end);
    parts.push(() => text);
  };
  for (const { 0: written, index, groups } of template.matchAll(NOT_TEXT)) {
    addText(index);
    at = index + written.length;
    const chain = written.startsWith('$') ? (groups?.braced ?? groups?.bare) : undefined;
    const print = chain === undefined ? undefined : reference(chain);
    if (print) parts.push(print);
    else unsupported.push(written);
  }
  addText(template.length);
  return { unsupported, fill: (variables) => parts.map((part) => part(variables)).join('') };
};

const reference = (chain: string): Print | undefined => {
  if (chain === 'input.body') return ({ body }) => body;
  const call = INPUT_CALL.exec(chain);
  if (call) return inputCall(call[1] as string, call[3] as string, call[4] as string);
  const variable = /^context\.(.+)$/s.exec(chain)?.[1];
  if (variable !== undefined) return contextVariable(variable);
  const [, name, , quoted] = STAGE_VARIABLE.exec(chain) ?? [];
  const stageVariable = name ?? quoted;
  if (stageVariable === undefined) return undefined;
  return ({ stageVariables }) => javaText(findAt(stageVariables, [stageVariable]) ?? '');
};

const contextVariable = (variable: string): Print | undefined => {
  if (!CONTEXT.has(variable) && !AUTHORIZER.test(variable)) return undefined;
  const path = variable.split('.');
  // API Gateway prints nothing for a variable without a value. Velocity would print the variable's name.
  return ({ context }) => javaText(findAt(context, path) ?? '');
};

/** `members` is what follows the call, such as `.name[0]`. The result of `json` is text, which has no members. */
const inputCall = (method: string, jsonPath: string, members: string): Print | undefined => {
  const [inside, after] = [parseJsonPath(jsonPath), parseJsonPath(members)];
  if (!inside || !after || after.some((member) => OF_JAVA.test(String(member)))) return undefined;
  if (method === 'json' && after.length > 0) return undefined;
  const print = method === 'json' ? JSON.stringify : javaText;
  const path = [...inside, ...after];
  return ({ body }) => print(findAt(parseJson(body)?.value, path) ?? '');
};
