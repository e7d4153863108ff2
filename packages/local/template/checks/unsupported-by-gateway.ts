import type { Integration, WebSocketApi } from '../../model/application.ts';
import { isIdentitySource } from '../expressions/identity-source.ts';
import { mappingTemplate } from '../expressions/mapping-template.ts';
import { messageValidator } from '../expressions/message-validator.ts';
import { responseKeyMatcher, selectionExpression } from '../expressions/selection-expression.ts';

/**
 * Finds the features of an API that this gateway does not support. Returns one sentence for each, with the route. Empty
 * if it runs them all.
 */
export const unsupportedByGateway = (api: WebSocketApi): string[] => [
  ...expressionProblems(`the API ${api.name}`, api.routeSelectionExpression),
  ...api.routes.flatMap(({ routeKey, integration, authorizer, validation }) => [
    ...(integration?.type === 'mock' ? mockProblems(`the route ${routeKey}`, integration) : []),
    ...(validation ? problemsOf(`the route ${routeKey}`, () => messageValidator(validation)) : []),
    ...(authorizer && routeKey !== '$connect'
      ? [`the route ${routeKey}: Currently, authorization is restricted to the $connect route only`]
      : []),
    ...(authorizer?.identitySources ?? [])
      .filter((source) => !isIdentitySource(source))
      .map(
        (source) =>
          `the authorizer ${authorizer?.logicalId}: the identity source ${source} is not one of API Gateway's`,
      ),
  ]),
];

const mockProblems = (subject: string, mock: Extract<Integration, { type: 'mock' }>): string[] => {
  const sides = [
    { expression: mock.templateSelectionExpression, templates: mock.requestTemplates },
    ...mock.responses.map((response) => ({
      expression: response.templateSelectionExpression,
      templates: response.responseTemplates,
    })),
  ];
  const keys = mock.responses.flatMap(({ key }) => problemsOf(subject, () => responseKeyMatcher(key)));
  const templates = sides.flatMap(({ expression, templates }) => [
    ...expressionProblems(subject, expression),
    ...Object.entries(templates).flatMap(([key, template]) =>
      mappingTemplate(template).unsupported.map(
        (used) => `${subject}: its mapping template "${key}" uses ${used}, which is not run here`,
      ),
    ),
  ]);
  return [...keys, ...templates];
};

const expressionProblems = (subject: string, expression = ''): string[] =>
  problemsOf(subject, () => selectionExpression(expression));

const problemsOf = (subject: string, compile: () => unknown): string[] => {
  try {
    compile();
    return [];
  } catch (error) {
    return [`${subject}: ${(error as Error).message}`];
  }
};
