import { expect, it } from '@jest/globals';
import { type AnAssembly, aChat } from '../an-assembly.ts';
import { problemsOf, read } from '../read-for-test.ts';

const SCHEMA = { type: 'object' };
const model = (Name: string, Schema: unknown, ApiId: unknown = { Ref: 'Api' }) => ({
  Type: 'AWS::ApiGatewayV2::Model',
  Properties: { ApiId, Name, Schema },
});
const route = (properties: Readonly<Record<string, unknown>>) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'send', ...properties },
});
const validationOf = (Resources: NonNullable<AnAssembly['Resources']>) =>
  read(aChat({ Resources })).application.apis[0]?.routes.find(({ routeKey }) => routeKey === 'send')?.validation;

const SELECTED = { ModelSelectionExpression: '$request.body.kind', RequestModels: { a: 'One', $default: 'Two' } };

it('gives a route the schemas of the models it names, from an object or a text', () => {
  const Resources = { Route: route(SELECTED), One: model('One', SCHEMA), Two: model('Two', JSON.stringify(SCHEMA)) };
  expect(validationOf(Resources)).toEqual({
    selectionExpression: '$request.body.kind',
    models: { a: SCHEMA, $default: SCHEMA },
  });
});

it('validates nothing if a route selects no model', () => {
  const { RequestModels } = SELECTED;
  expect(validationOf({ Route: route({ RequestModels }), One: model('One', SCHEMA) })).toBeUndefined();
});

it.each([
  [
    'a model that is missing',
    { One: model('One', SCHEMA) },
    'Route: it validates by the model Two, which its API does not have',
  ],
  [
    "another API's model",
    { One: model('One', SCHEMA), Two: model('Two', SCHEMA, 'other') },
    'Route: it validates by the model Two, which its API does not have',
  ],
  [
    'a schema that is not JSON',
    { One: model('One', SCHEMA), Two: model('Two', '{') },
    'Two: its Schema is not a JSON object',
  ],
  [
    'a schema of another draft',
    { One: model('One', SCHEMA), Two: model('Two', { $schema: 'http://json-schema.org/draft-07/schema#' }) },
    expect.stringMatching(/the route send: its model for \$default is not a valid JSON Schema \(draft 4\)/),
  ],
])('names %s', (_, models, problem) => {
  expect(problemsOf(aChat({ Resources: { Route: route(SELECTED), ...models } }))).toEqual([problem]);
});

it('refuses a model for a route whose events have no body', () => {
  const Route = route({ RouteKey: '$connect', ...SELECTED });
  expect(problemsOf(aChat({ Resources: { Route } }))).toEqual([
    'Route: it validates by a model, and its events have no body',
  ]);
});
