import type { Integration } from '../application.ts';
import type { IntegrationOutcome, IntegrationRequest } from './integration-outcome.ts';
import { findAt } from './json-path.ts';
import { mappingTemplate } from './mapping-template.ts';
import { parseJson } from './parse-json.ts';
import { readStatusCode } from './read-status-code.ts';
import { responseKeyMatcher } from './response-key-matcher.ts';
import { selectionExpression } from './selection-expression.ts';

type Mock = Extract<Integration, { type: 'mock' }>;

/**
 * Answers a mock integration: its request template gives the status code, which chooses the integration response, whose
 * template is the body. Without an integration response it fails, as AWS's does.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
 */
export const runMock = (mock: Mock, request: IntegrationRequest): IntegrationOutcome => {
  const output = fill(mock.templateSelectionExpression, mock.requestTemplates, request) ?? request.body;
  const statusCode = readStatusCode(findAt(parseJson(output)?.value, ['statusCode']));
  if (statusCode === undefined) return failed('its request template gives no {"statusCode": …}');
  const response =
    mock.responses.find(({ key }) => responseKeyMatcher(key)?.test(String(statusCode))) ??
    mock.responses.find(isDefault);
  if (!response) return failed(`it has no integration response for ${statusCode}`);
  const body = fill(response.templateSelectionExpression, response.responseTemplates, request);
  return { kind: 'answered', result: { statusCode, headers: new Map(), ...(body !== undefined && { body }) } };
};

const failed = (why: string): IntegrationOutcome => ({ kind: 'failed', why: `the mock integration failed: ${why}` });

const isDefault = ({ key }: { key: string }): boolean => key === '$default';

const fill = (
  expression: string | undefined,
  templates: Readonly<Record<string, string>>,
  request: IntegrationRequest,
): string | undefined => {
  const selected = expression === undefined ? undefined : selectionExpression(expression)(request.body);
  const key = [selected, '$default', 'application/json'].find(
    (name) => name !== undefined && Object.hasOwn(templates, name),
  );
  return key === undefined ? undefined : mappingTemplate(templates[key] as string).fill(request);
};
