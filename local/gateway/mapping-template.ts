import { javaText } from './java-text.ts';
import { findAt, parseJsonPath } from './json-path.ts';
import { parseJson } from './parse-json.ts';
import type { RequestContext } from './request-context.ts';

/** What a template can refer to. */
export interface TemplateVariables {
  context: RequestContext;
  stageVariables: Readonly<Record<string, string>>;
  /** `$input.body` */
  body: string;
}

export interface MappingTemplate {
  /** What it uses that is not run here, as it is written: `#if`, `$util.urlEncode`. */
  unsupported: readonly string[];
  fill(variables: TemplateVariables): string;
}

/** Anything that Velocity would not print as it stands: a directive, a comment, a reference. */
const NOT_TEXT = /#(?:#|\*|\{?[A-Za-z@]\w*)|\$!?\{[^}]*\}|\$!?[A-Za-z]\w*(?:\.\w+)*(?:\((?:"[^"]*"|'[^']*'|[^)]*)\))?/g;
const INPUT_CALL = /^input\.(json|path)\((["'])\$(.*)\2\)$/;
const VARIABLE = /^(context|stageVariables)\.([\w.]+)$/;

/**
 * Compiles a mapping template as far as a mock integration's `{"statusCode": 200}` and a `ping` route need it: text,
 * `$context.…`, `$stageVariables.…`, `$input.body`, `$input.json('$.…')`, `$input.path('$.…')`. Directives and all other
 * references are not run; {@link MappingTemplate.unsupported} names them.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export const mappingTemplate = (template: string): MappingTemplate => {
  const unsupported: string[] = [];
  const parts: ((variables: TemplateVariables) => string)[] = [];
  let at = 0;
  const addText = (end: number): void => {
    const text = template.slice(at, end);
    parts.push(() => text);
  };
  for (const { 0: written, index } of template.matchAll(NOT_TEXT)) {
    addText(index);
    at = index + written.length;
    const value = written.startsWith('$') ? reference(written.replace(/^\$!?\{?/, '').replace(/\}$/, '')) : undefined;
    if (value) parts.push(value);
    else unsupported.push(written);
  }
  addText(template.length);
  return { unsupported, fill: (variables) => parts.map((part) => part(variables)).join('') };
};

const reference = (name: string): ((variables: TemplateVariables) => string) | undefined => {
  if (name === 'input.body') return ({ body }) => body;
  const variable = VARIABLE.exec(name);
  if (variable) {
    const root = variable[1] as 'context' | 'stageVariables';
    const path = (variable[2] as string).split('.');
    // A variable without a value is nothing in a mapping template of API Gateway's, not its own name as in Velocity.
    return (variables) => javaText(findAt(variables[root], path) ?? '');
  }
  const call = INPUT_CALL.exec(name);
  const path = call && parseJsonPath(call[3] as string);
  if (!path) return undefined;
  const print = call[1] === 'json' ? JSON.stringify : javaText;
  return ({ body }) => print(findAt(parseJson(body)?.value, path) ?? '');
};
