// biome-ignore-all lint/suspicious/noTemplateCurlyInString: selection expressions are written like that

import { describe, expect, it } from '@jest/globals';
import { selectionExpression } from '../../../local/gateway/selection-expression.ts';

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
    ['$request.body.service/$request.body.do', { service: 'chat', do: 'send' }, 'chat/send'],
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
  ])('makes text of what the path finds: %j is %j', (action, key) => {
    expect(select('$request.body.action', { action })).toBe(key);
  });

  it.each([
    ['hello'],
    ['{"action":"send"'],
    ['{"action":"send", body:"hello"}'],
    ['null'],
    ['[]'],
    ['"action"'],
    ['{"action":null}'],
    ['{"other":"send"}'],
    [''],
  ])('cannot be evaluated on %s', (body) => {
    expect(select('$request.body.action', body)).toBeUndefined();
  });

  it('cannot be evaluated on a list nested deeper than the stack', () => {
    const deep = `{"action":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    expect(select('$request.body.action', deep)).toBeUndefined();
  });

  it('reads no property that the client did not send', () => {
    expect(select('$request.body.constructor.name', {})).toBeUndefined();
    expect(select('$request.body.__proto__', '{"__proto__":"own"}')).toBe('own');
  });

  it.each([
    ['$context.routeKey'],
    ['$request.header.x'],
    ['${request.body.a'],
    ['$request.body.action$'],
    ['${request.body..a}'],
  ])('names what it does not understand in %s', (expression) => {
    expect(() => selectionExpression(expression)).toThrow(`selection expression "${expression}"`);
  });
});
