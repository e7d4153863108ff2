import { expect, it } from '@jest/globals';
import { messageValidator } from '../../../../../packages/local/template/expressions/message-validator.ts';

const text = { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object', required: ['text'] };
const age = { type: 'object', properties: { age: { type: 'integer', minimum: 0, exclusiveMinimum: true } } };
const validate = messageValidator({
  selectionExpression: '$request.body.kind',
  models: { age, $default: text },
});

it.each([
  ['{"kind":"age","age":1}', undefined],
  ['{"kind":"age","age":0}', 'it does not match its model at #/properties/age/minimum: must be > 0'],
  ['{"kind":"other","text":""}', undefined],
  ['{"text":""}', undefined],
  ['{"kind":"other"}', "it does not match its model at #/required: must have required property 'text'"],
  ['{"kind":"age","age":"secret"}', 'it does not match its model at #/properties/age/type: must be integer'],
  ['[]', 'it does not match its model at #/type: must be object'],
  ['plain text', 'it is not JSON'],
])('validates %s with the result %s', (body, why) => {
  expect(validate(body)).toBe(why);
});

it('refuses a message that selects no model if there is no $default', () => {
  const strict = messageValidator({ selectionExpression: '$request.body.kind', models: { age } });
  expect(strict('{"kind":"age"}')).toBeUndefined();
  expect(strict('{"kind":"other"}')).toBe('it selects none of the models of its route, and there is no $default');
});

it('uses one model for all messages if the expression is a static text', () => {
  expect(messageValidator({ selectionExpression: '\\$default', models: { $default: text } })('{}')).toContain(
    '#/required',
  );
});

it('refuses a message that is nested deeper than the stack', () => {
  const tree = { properties: { a: { $ref: '#' } } };
  const validateTree = messageValidator({ selectionExpression: 'tree', models: { tree } });
  expect(validateTree(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)).toMatch(/not JSON|too deeply/);
  expect(validateTree('{"a":{"a":1}}')).toBeUndefined();
});

it.each([
  ['a keyword of another draft', { exclusiveMinimum: 5 }],
  ['another draft', { $schema: 'http://json-schema.org/draft-07/schema#' }],
  ['a reference to elsewhere', { $ref: 'https://apigateway.amazonaws.com/restapis/x/models/Y' }],
])('refuses a model with %s by name', (_, model) => {
  expect(() => messageValidator({ selectionExpression: 'x', models: { x: model } })).toThrow(
    'its model for x is not a valid JSON Schema (draft 4): ',
  );
});
