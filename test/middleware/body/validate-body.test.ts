import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { validateBody } from '../../../middleware/body/validate-body.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { sendMessage } from '../../../schemas/send-message.validator.ts';
import { compileValidator } from '../../../schemas/validation/compile-validator.ts';
import type { RouteEvent } from '../../../schemas/web-socket-event.ts';
import { aContext, aMessageEvent } from '../../../testing/index.ts';

const validate = (body: unknown, validator = validateBody(sendMessage)): Promise<unknown> =>
  middy((event: RouteEvent) => ({ body: event.body })).use(validator)(
    { ...aMessageEvent(), body, rawBody: '' } as never,
    aContext(),
  );

const violationsOf = (body: unknown, validator?: ReturnType<typeof validateBody>): Promise<unknown> =>
  validate(body, validator as never).then(
    () => [],
    (error) => {
      expect(error).toMatchObject({ name: 'ClientError', code: 'MESSAGE_INVALID' });
      return error.details.errors;
    },
  );

describe('validateBody', () => {
  it('passes a valid body on as the same object', async () => {
    const body = { action: 'send-message', message: 'hello' };
    expect(((await validate(body)) as { body: unknown }).body).toBe(body);
  });

  it.each<[unknown, unknown[]]>([
    [{ action: 'send-message' }, [{ path: '', rule: 'required', message: "must have required property 'message'" }]],
    [{ action: 'send-message', message: 5 }, [{ path: '/message', rule: 'type', message: '/message must be string' }]],
    [
      { action: 'send-message', message: '' },
      [{ path: '/message', rule: 'minLength', message: '/message must NOT have fewer than 1 characters' }],
    ],
    [
      { action: 'send-message', message: 'x'.repeat(30_001) },
      [{ path: '/message', rule: 'maxLength', message: '/message must NOT have more than 30000 characters' }],
    ],
    [
      { action: 'send-message', message: 'hello', to: 'c2' },
      [{ path: '', rule: 'additionalProperties', message: 'must NOT have additional properties: to' }],
    ],
    [
      { action: 'other', message: 'hello' },
      [{ path: '/action', rule: 'const', message: '/action must be equal to constant: "send-message"' }],
    ],
    [null, [{ path: '', rule: 'type', message: 'must be object' }]],
    [[], [{ path: '', rule: 'type', message: 'must be object' }]],
  ])('names the rule that %.60j breaks, and its path', async (body, violations) => {
    expect(await violationsOf(body)).toEqual(violations);
  });

  it('names every broken rule', async () => {
    expect(await violationsOf({ action: 5, message: 5, a: 1, b: 2 })).toHaveLength(5);
  });

  it('tells the log the paths in the schema, once each, and not the paths in the message', async () => {
    const rooms = compileValidator({ type: 'object', additionalProperties: { type: 'string' } });
    await expect(validate({ secret: 1, other: 2 }, validateBody(rooms) as never)).rejects.toMatchObject({
      details: { schemaPaths: ['#/additionalProperties/type'] },
    });
  });

  it('names the allowed values', async () => {
    const colour = compileValidator({ enum: ['red', 'blue'] });
    expect(await violationsOf('green', validateBody(colour) as never)).toEqual([
      { path: '', rule: 'enum', message: 'must be equal to one of the allowed values: ["red","blue"]' },
    ]);
  });

  it('validates each message separately', async () => {
    const validator = validateBody(sendMessage);
    expect(await violationsOf({ action: 'send-message', message: 5 }, validator as never)).toHaveLength(1);
    expect(await violationsOf({ action: 'send-message', message: 'hello' }, validator as never)).toEqual([]);
  });

  it('accepts a type guard, without naming a rule', async () => {
    const isText = (body: unknown): body is string => typeof body === 'string';
    expect(await violationsOf('text', validateBody(isText) as never)).toEqual([]);
    await expect(validate(5, validateBody(isText) as never)).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
      details: { errors: [] },
    });
  });

  it.each([
    ['a promise', async () => true, 'Promise'],
    ['a result', () => ({ success: false }), 'Object'],
    ['undefined', () => undefined, 'undefined'],
  ])('accepts no message if the validator returns %s', async (_, validator, name) => {
    await expect(validate({}, validateBody(validator as never) as never)).rejects.toThrow(
      new TypeError(`Expected the validator to return true or false, got ${name}. ${REMEDY}`),
    );
  });

  it('keeps the error of a validator that throws', async () => {
    const error = new Error('broken', { cause: 'a text' });
    const throwing = () => {
      throw error;
    };
    await expect(validate({}, validateBody(throwing as never) as never)).rejects.toBe(error);
  });
});

const REMEDY =
  'Write "export const name = compileValidator(schema)" in a file that ends in .validator.ts, and pass that export';

class JoiObject {
  parse = () => {};
}

describe.each([
  ['validateBody', validateBody],
  ['webSocketRoute', webSocketRoute],
])('%s', (_, set) => {
  it.each([
    ['a schema that is not compiled', { type: 'object', required: ['a'] }, 'Object'],
    ['a schema of another library', new JoiObject(), 'JoiObject'],
    ['an object without a prototype', Object.create(null), 'object'],
    ['a missing import', undefined, 'undefined'],
    ['null', null, 'null'],
    ['false', false, 'Boolean'],
    ['the name of a validator', 'sendMessage', 'String'],
  ])('refuses %s at set-up, and says what to write', (_what, validator, name) => {
    expect(() => (set as (validator: unknown) => unknown)(validator)).toThrow(
      new TypeError(
        `Expected a validator made by compileValidator, or a schema of Zod, Valibot or ArkType, got ${name}. ${REMEDY}`,
      ),
    );
  });
});
