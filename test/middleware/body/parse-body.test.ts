import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { parseBody } from '../../../middleware/body/parse-body.ts';
import { aContext, aMessageEvent } from '../../../testing/index.ts';

const parse = (body?: string): Promise<unknown> =>
  middy((event: { body?: unknown }) => ({ parsed: event.body })).use(parseBody())(aMessageEvent({ body }), aContext());

describe('parseBody', () => {
  it.each([
    ['{"action":"x","deep":[1,{"a":null}]}', { action: 'x', deep: [1, { a: null }] }],
    ['null', null],
    ['"text"', 'text'],
    ['5', 5],
    ['[]', []],
  ])('parses %s', async (body, parsed) => {
    expect(await parse(body)).toEqual({ parsed });
  });

  it.each([
    ['{"action":"send-message"', /position 24/],
    ['hello', /Unexpected token/],
    ['{"a":1}}', /position 7/],
    [`${'['.repeat(15_000)}${']'.repeat(15_000)}`, /^is nested too deeply$/],
  ])('says what is wrong with %.30s', async (body, message) => {
    await expect(parse(body)).rejects.toMatchObject({
      name: 'ClientError',
      code: 'MESSAGE_MALFORMED',
      details: { errors: [{ path: '', rule: 'json', message: expect.stringMatching(message) }] },
    });
  });

  it.each([
    ['no body', undefined, 'required', 'must have a body'],
    ['an empty body', '', 'required', 'must have a body'],
    ['a prototype', '{"a":{"__proto__":{"admin":true}}}', 'forbiddenKey', 'must NOT have the key "__proto__"'],
    ['a constructor', '{"constructor":{"prototype":{}}}', 'forbiddenKey', 'must NOT have the key "constructor"'],
  ])('refuses %s', async (_, body, rule, message) => {
    await expect(parse(body)).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
      details: { errors: [{ path: '', rule, message }] },
    });
  });

  it('has an error without the body, because errors are logged', async () => {
    await expect(parse('{"secret')).rejects.not.toHaveProperty('cause');
  });
});
