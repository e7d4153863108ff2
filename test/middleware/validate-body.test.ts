import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import type { RouteEvent } from '../../middleware/route-event.ts';
import { aContext } from '../../middleware/testing/a-context.ts';
import { aMessageEvent } from '../../middleware/testing/a-message-event.ts';
import { validateBody } from '../../middleware/validate-body.ts';
import { compileValidator } from '../../schemas/ajv.ts';
import { sendMessage } from '../../schemas/send-message.validator.ts';

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
  it('passes a body that keeps its schema, the same object', async () => {
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
  ])('says which rule %.60j breaks, and where', async (body, violations) => {
    expect(await violationsOf(body)).toEqual(violations);
  });

  it('names every rule that is broken', async () => {
    expect(await violationsOf({ action: 5, message: 5, a: 1, b: 2 })).toHaveLength(5);
  });

  it('names the values that would have been allowed', async () => {
    const colour = compileValidator({ enum: ['red', 'blue'] });
    expect(await violationsOf('green', validateBody(colour) as never)).toEqual([
      { path: '', rule: 'enum', message: 'must be equal to one of the allowed values: ["red","blue"]' },
    ]);
  });

  it('judges each message on its own', async () => {
    const validator = validateBody(sendMessage);
    expect(await violationsOf({ action: 'send-message', message: 5 }, validator as never)).toHaveLength(1);
    expect(await violationsOf({ action: 'send-message', message: 'hello' }, validator as never)).toEqual([]);
  });
});
