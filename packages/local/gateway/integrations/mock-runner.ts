import type { Integration, Route } from '../../model/application.ts';
import { findAt, parseJson } from '../../template/expressions/json-path.ts';
import { mappingTemplate, type TemplateVariables } from '../../template/expressions/mapping-template.ts';
import { responseKeyMatcher, selectionExpression } from '../../template/expressions/selection-expression.ts';
import type { IntegrationOutcome } from './integration-outcome.ts';
import { readStatusCode } from './proxy-result.ts';

export type MockIntegration = Extract<Integration, { type: 'mock' }>;

/** Answers one request. Throws if a template prints a value that the client nested deeper than the stack allows. */
export type MockRunner = (request: TemplateVariables) => IntegrationOutcome;

/** Compiles each mock integration of an API's routes. */
export const mockRunners = (routes: readonly Route[]): ReadonlyMap<MockIntegration, MockRunner> =>
  new Map(
    routes.flatMap(({ integration }) => (integration?.type === 'mock' ? [[integration, mockRunner(integration)]] : [])),
  );

/**
 * Compiles a mock integration. Its request template gives the status code, the status code selects the integration
 * response, and the template of that response gives the body. Without an integration response it fails, as on AWS.
 *
 * @throws {Error} if one of its expressions or response keys cannot be compiled. The message names it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
 */
export const mockRunner = (mock: MockIntegration): MockRunner => {
  const fillRequest = templateFiller(mock.templateSelectionExpression, mock.requestTemplates);
  const responses = mock.responses.map(({ key, templateSelectionExpression, responseTemplates }) => ({
    pattern: responseKeyMatcher(key),
    fill: templateFiller(templateSelectionExpression, responseTemplates),
  }));
  const isDefault = ({ pattern }: (typeof responses)[number]): boolean => pattern === undefined;
  return (request) => {
    const statusCode = readStatusCode(findAt(parseJson(fillRequest(request) ?? request.body)?.value, ['statusCode']));
    if (statusCode === undefined) return failed('its request template does not give {"statusCode": …}');
    const response = responses.find(({ pattern }) => pattern?.test(String(statusCode))) ?? responses.find(isDefault);
    if (!response) return failed(`it has no integration response for ${statusCode}`);
    const body = response.fill(request);
    return { kind: 'answered', result: { statusCode, headers: new Map(), ...(body !== undefined && { body }) } };
  };
};

const failed = (why: string): IntegrationOutcome => ({ kind: 'failed', why: `the mock integration failed: ${why}` });

/**
 * Fills the first of these templates that exists: the template that the message selects, `$default`,
 * `application/json`. Returns `undefined` if none of them exists.
 */
const templateFiller = (
  expression: string | undefined,
  sources: Readonly<Record<string, string>>,
): ((request: TemplateVariables) => string | undefined) => {
  const select = expression === undefined ? undefined : selectionExpression(expression);
  const templates = new Map(Object.entries(sources).map(([key, template]) => [key, mappingTemplate(template)]));
  const fallback = templates.get('$default') ?? templates.get('application/json');
  return (request) => (templates.get(select?.(request.body) ?? '$default') ?? fallback)?.fill(request);
};
