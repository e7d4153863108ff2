import type { ModelValidation } from '../../model/application.ts';
import { ofType, type Resource } from '../assembly/open-resource.ts';

/** The validation of a route's messages. `undefined` if the route selects no model: AWS validates nothing then. */
export const readModelValidation = (route: Resource, resources: readonly Resource[]): ModelValidation | undefined => {
  const selectionExpression = route.text('ModelSelectionExpression');
  if (selectionExpression === undefined) return undefined;
  if (['$connect', '$disconnect'].includes(route.text('RouteKey') ?? '')) {
    route.problem('it validates by a model, and its events have no body', 'Remove its ModelSelectionExpression');
    return undefined;
  }
  const ofApi = ofType(resources, 'AWS::ApiGatewayV2::Model').filter(
    (model) => model.text('ApiId') === route.text('ApiId'),
  );
  const models = Object.entries(route.record('RequestModels')).flatMap(([key, name]): [string, object][] => {
    const model = ofApi.find((candidate) => candidate.text('Name') === name);
    if (model) return [[key, readSchema(model)]];
    route.problem(
      `it validates by the model ${name}, which its API does not have`,
      'Declare an AWS::ApiGatewayV2::Model',
    );
    return [];
  });
  return { selectionExpression, models: Object.fromEntries(models) };
};

/** CloudFormation takes a schema as an object or as JSON text. */
const readSchema = (model: Resource): object => {
  const schema = model.property('Schema');
  try {
    const value: unknown = typeof schema === 'string' ? JSON.parse(schema) : schema;
    if (typeof value === 'object' && value !== null) return value;
  } catch {}
  model.problem('its Schema is not a JSON object', 'Make it a JSON Schema of draft 4');
  return {};
};
