// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are written like that

import { describe, expect, it } from '@jest/globals';
import { mappingTemplate } from '../../../../../packages/local/template/expressions/mapping-template.ts';

const variables = {
  context: { connectionId: 'QyiABCdefGHIjkl=', authorizer: { principalId: 'me' } },
  stageVariables: { colour: 'red' },
  body: '{"action":"ping","n":5,"list":["a","b"],"text":"hi","user":{"name":"Ann","size":3}}',
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
    ["$input.path('$.user')", '{name=Ann, size=3}'],
    ["$input.path('$.user').name", 'Ann'],
    ["$input.path('$').user.name.", 'Ann.'],
    ["$input.path('$')['user'].size", '3'],
    ["$input.path('$.list')[0]", 'a'],
    ["$input.path( '$' ).list[1]", 'b'],
    ["$input.path('$.list')[2]", ''],
    ["$input.path('$.text').length", ''],
    ["$input.path('$.list').length", ''],
    ["$input.path('$').none.name", ''],
    ["${input.path('$.user')}.name", '{name=Ann, size=3}.name'],
    ["$stageVariables['colour']", 'red'],
    ["${stageVariables['colour']}less", 'redless'],
    ['$context.messageId', ''],
    ['$context.identity.userAgent', ''],
    ['$context.authorizer.room', ''],
    ['$!context.connectionId', 'QyiABCdefGHIjkl='],
    ['["$context.connectionId"]', '["QyiABCdefGHIjkl="]'],
    [String.raw`"\"$stageVariables.colour\""`, String.raw`"\"red\""`],
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
    ["$input.path('$.list').size()", ["$input.path('$.list').size()"]],
    ["$input.path('$.list').get(0).name", ["$input.path('$.list').get(0).name"]],
    ["$input.path('$.list')[$n]", ["$input.path('$.list')[$n]"]],
    ["$input.path('$.list')[-1]", ["$input.path('$.list')[-1]"]],
    ["$input.path('$.list').empty", ["$input.path('$.list').empty"]],
    ["$input.path('$.user').class.name", ["$input.path('$.user').class.name"]],
    ["$input.path('$.list[*]')", ["$input.path('$.list[*]')"]],
    ["$input.path('$..name')", ["$input.path('$..name')"]],
    ["$input.path('$.list[?(@.a==1)]')", ["$input.path('$.list[?(@.a==1)]')"]],
    ['$input.path("$[\'$context.stage\']")', ['$input.path("$[\'$context.stage\']")']],
    ["$input.json('$').user", ["$input.json('$').user"]],
    ["$input.json('$.user", ['$input.json(']],
    ['$input.body.user', ['$input.body.user']],
    ['$input', ['$input']],
    ['$context', ['$context']],
    ['$context.none', ['$context.none']],
    ['$context.status', ['$context.status']],
    ['$context.requestTimeEpoch.x', ['$context.requestTimeEpoch.x']],
    ['$context.stage-x', ['$context.stage-x']],
    ["$context.identity['sourceIp']", ["$context.identity['sourceIp']"]],
    ['$context.identity', ['$context.identity']],
    ['$context.authorizer.room.name', ['$context.authorizer.room.name']],
    ['$stageVariables.colour.length()', ['$stageVariables.colour.length()']],
    ['$stageVariables.colour[0]', ['$stageVariables.colour[0]']],
    ['${context.stage', ['${context.stage']],
    ['${context.stage|"x"}', ['${context.stage|"x"}']],
    [String.raw`\$context.stage`, [String.raw`\$context.stage`]],
    [String.raw`\\$context.stage`, [String.raw`\\$context.stage`]],
    [String.raw`\#if`, [String.raw`\#if`]],
    ['#[[ $context.stage ]]#', ['#[[']],
  ])('names the parts that it does not run in %s', (template, unsupported) => {
    expect(mappingTemplate(template).unsupported).toEqual(unsupported);
  });
});
