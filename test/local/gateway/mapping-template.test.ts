// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are written like that

import { describe, expect, it } from '@jest/globals';
import { mappingTemplate } from '../../../local/gateway/mapping-template.ts';

const variables = {
  context: { connectionId: 'QyiABCdefGHIjkl=', authorizer: { principalId: 'me' } },
  stageVariables: { colour: 'red' },
  body: '{"action":"ping","n":5,"list":["a","b"],"text":"hi"}',
};
const fill = (template: string): string => mappingTemplate(template).fill(variables);

describe('mappingTemplate', () => {
  it.each([
    ['{"statusCode": 200}', '{"statusCode": 200}'],
    ['{"id":"$context.connectionId"}', '{"id":"QyiABCdefGHIjkl="}'],
    ['${context.connectionId}!', 'QyiABCdefGHIjkl=!'],
    ['I am $context.authorizer.principalId.', 'I am me.'],
    ['$stageVariables.colour', 'red'],
    ['$input.body', variables.body],
    ["$input.json('$.text')", '"hi"'],
    ['$input.json("$.list")', '["a","b"]'],
    ["$input.path('$.text')", 'hi'],
    ["$input.path('$.list[1]')", 'b'],
    ["$input.path('$.none')", ''],
    ['$context.none', ''],
    ['costs $5 at #1', 'costs $5 at #1'],
  ])('fills %s', (template, filled) => {
    expect(mappingTemplate(template).unsupported).toEqual([]);
    expect(fill(template)).toBe(filled);
  });

  it.each([
    ['#if($context.connectionId) yes #end', ['#if', '#end']],
    ['#set($a = 5) $a', ['#set', '$a', '$a']],
    ['$util.escapeJavaScript($input.body)', ['$util.escapeJavaScript($input.body)']],
    ['## a comment', ['##']],
    ['$input.params("x")', ['$input.params("x")']],
    ['$context.responseOverride.status.foo()', ['$context.responseOverride.status.foo()']],
  ])('names what it does not run in %s', (template, unsupported) => {
    expect(mappingTemplate(template).unsupported).toEqual(unsupported);
  });
});
