// biome-ignore-all lint/suspicious/noTemplateCurlyInString: selection expressions are written like that

import { describe, expect, it } from '@jest/globals';
import { selectionExpression } from '../../../../../packages/local/template/expressions/selection-expression.ts';

const select = (expression: string, body: unknown): string | undefined =>
  selectionExpression(expression)(typeof body === 'string' ? body : JSON.stringify(body));

describe('selectionExpression', () => {
  it.each([
    ['$request.body.action', { action: 'send' }, 'send'],
    ['${request.body.action}', { action: 'send' }, 'send'],
    ['$request.body.service.do', { service: { do: 'send' } }, 'send'],
    ["$request.body['a b'][1]", { 'a b': ['x', 'y'] }, 'y'],
    ['${request.body["a-b"]}', { 'a-b': 'z' }, 'z'],
    ['${request.body.version}-beta', { version: 2 }, '2-beta'],
    ['${request.body.service}/${request.body.do}', { service: 'chat', do: 'send' }, 'chat/send'],
    ['chat/${request.body.service}/$request.body.do', { service: 'text', do: 'send' }, 'chat/text/send'],
    ['${request.body.action}-${request.body.invalidPath}', { action: 'join' }, 'join-'],
    ['$request.body.größe', { größe: 'groß' }, 'groß'],
    ['$request.body.a-b', { 'a-b': 'z', a: 'y' }, 'z'],
    ["$request.body['a:b']", { 'a:b': 'z' }, 'z'],
    ['$request.body.items[0].type', { items: [{ type: 'x' }] }, 'x'],
    [String.raw`\$default`, {}, '$default'],
    ['$default', {}, '$default'],
    ['200', 'no JSON at all', '200'],
    ['$request.body', ['a', 'b'], '[a, b]'],
  ])('evaluates %s on %j as %j', (expression, body, key) => {
    expect(select(expression, body)).toBe(key);
  });

  it.each([
    [5, '5'],
    [true, 'true'],
    [['a', 'b'], '[a, b]'],
    [{ a: 1, b: ['c'] }, '{a=1, b=[c]}'],
    ['', ''],
  ])('writes the value %j as the text %j', (action, key) => {
    expect(select('$request.body.action', { action })).toBe(key);
  });

  it.each([['hello'], ['{"action":"send"'], ['{"action":"send", body:"hello"}'], ['{"action":null}'], ['']])(
    'cannot be evaluated on %s',
    (body) => {
      expect(select('$request.body.action', body)).toBeUndefined();
    },
  );

  it('cannot be evaluated on a list nested deeper than the stack', () => {
    const deep = `{"action":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    expect(select('$request.body.action', deep)).toBeUndefined();
  });

  it.each([['null'], ['[]'], ['"action"'], ['5'], ['{"other":"send"}']])('is empty if %s has no such path', (body) => {
    expect(select('$request.body.action', body)).toBe('');
  });

  it('is empty if a name is used on an array or an index on an object, as in JSONPath', () => {
    expect(select('$request.body.items.length', { items: ['a'] })).toBe('');
    expect(select('$request.body.items.0', { items: ['a'] })).toBe('');
    expect(select('$request.body.items[0]', { items: { 0: 'a' } })).toBe('');
    expect(select('$request.body.items[1]', { items: ['a'] })).toBe('');
  });

  it('reads no property that the client did not send', () => {
    expect(select('$request.body.constructor.name', {})).toBe('');
    expect(select('$request.body.__proto__', '{"__proto__":"own"}')).toBe('own');
  });

  it.each([
    ['$context.routeKey'],
    ['$request.header.x'],
    ['${request.body.a'],
    ['$request.body.action$'],
    ['${request.body..a}'],
    ['${request.body.*}'],
    ['${request.body.a:b}'],
    ['${request.bodyaction}'],
    ['$request.body.items[*].type'],
    ['$request.body..action'],
    ['$request.body.items[-1]'],
    ['$request.body.items[0:1]'],
    ['$request.body.items[0,1]'],
    ['$request.body.items[01]'],
    ['$request.body.items[?(@.a==1)].t'],
    ['$request.body.items.length()'],
    ["$request.body['a','b']"],
    ["$request.body['']"],
    ['$request.body.*'],
    ['$request.body.a:b'],
    ['$request.body.'],
    ['$request.body.action '],
    ['$request.bodyaction'],
    ['$request.body-action'],
    ['$request.body.service/$request.body.do'],
    ['$request.body.service-$request.body.do'],
    ['$request.body.service/do'],
    [String.raw`a\b`],
    [String.raw`$request.body.a\.b`],
  ])('refuses %s by name', (expression) => {
    expect(() => selectionExpression(expression)).toThrow(`selection expression "${expression}"`);
  });

  it('names the unsupported rest of an expression, and how to write it', () => {
    expect(() => selectionExpression('a-${request.body.b}-$request.body.service/x')).toThrow(
      'selection expression "a-${request.body.b}-$request.body.service/x": "$request.body.service/x" is not supported: ' +
        'use only names and indexes in a path, and put braces around a variable that has text after it, such as ${request.body.action}',
    );
  });
});
