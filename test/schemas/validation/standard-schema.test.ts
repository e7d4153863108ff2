import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { validateBody } from '../../../middleware/body/validate-body.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import type { StandardSchema } from '../../../schemas/validation/standard-schema.ts';
import { aContext, aMessageEvent, fakeServices } from '../../../testing/index.ts';
import { captureLogs } from '../../support/capture-logs.ts';

/** Returns the bodies that the handler received, the frames that the sender received, and the log. */
const send = async (schema: StandardSchema<unknown, unknown>, body: unknown) => {
  const services = fakeServices();
  const { logger, lines } = captureLogs();
  const received: unknown[] = [];
  const handler = webSocketRoute(schema).handler((event) => {
    received.push(event.body);
  });
  await handler(aMessageEvent({ body }), aContext({ services, logger }));
  return { received, frames: services.poster.posted.map(({ data }) => JSON.parse(data)), lines };
};

const notShouting = async (text: string): Promise<boolean> => text !== text.toUpperCase();

/** The same schema in each library: it trims texts, has a default for `to` and contains a list. */
const LIBRARIES: [name: string, schema: StandardSchema<unknown, unknown>, rules: [number: string, short: string]][] = [
  [
    'zod',
    z.object({ text: z.string().trim().min(1), to: z.string().default('all'), 'a/~b': z.array(z.number()).optional() }),
    ['invalid_type', 'too_small'],
  ],
  [
    'valibot',
    v.object({
      text: v.pipe(v.string(), v.trim(), v.minLength(1)),
      to: v.optional(v.string(), 'all'),
      'a/~b': v.optional(v.array(v.number())),
    }),
    ['number', 'min_length'],
  ],
  [
    'arktype',
    type({ text: type('string.trim').to('string > 0'), to: "string = 'all'", 'a/~b?': 'number[]' }),
    ['domain', 'minLength'],
  ],
];

describe.each(LIBRARIES)('a schema of %s', (_name, schema, [wrongNumber, tooShort]) => {
  it('passes its result to the handler', async () => {
    expect(await send(schema, { text: ' hi ' })).toMatchObject({ received: [{ text: 'hi', to: 'all' }], frames: [] });
  });

  it('tells the sender each broken rule with its path', async () => {
    const { received, frames, lines } = await send(schema, { text: ' ', 'a/~b': [1, 'secret'] });
    expect(received).toEqual([]);
    expect(frames).toMatchObject([{ code: 'MESSAGE_INVALID' }]);
    expect(frames[0].errors).toEqual(
      expect.arrayContaining([
        { path: '/text', rule: tooShort, message: expect.stringMatching(/./) },
        { path: '/a~1~0b/1', rule: wrongNumber, message: expect.stringMatching(/./) },
      ]),
    );
    expect(lines).toMatchObject([{ message: 'Refused', violations: 2, rules: expect.arrayContaining([tooShort]) }]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('refuses a value that is not an object', async () => {
    const { frames } = await send(schema, '5');
    expect(frames).toMatchObject([{ code: 'MESSAGE_INVALID', errors: [{ path: '' }] }]);
  });
});

describe('an asynchronous schema', () => {
  it.each<[string, StandardSchema<unknown, unknown>]>([
    ['zod', z.object({ text: z.string().refine(notShouting, { error: 'too loud' }) })],
    ['valibot', v.objectAsync({ text: v.pipeAsync(v.string(), v.checkAsync(notShouting, 'too loud')) })],
  ])('of %s is awaited', async (_, schema) => {
    expect(await send(schema, { text: 'hi' })).toMatchObject({ received: [{ text: 'hi' }], frames: [] });
    expect(await send(schema, { text: 'HI' })).toMatchObject({
      received: [],
      frames: [{ code: 'MESSAGE_INVALID', errors: [{ path: '/text', message: 'too loud' }] }],
    });
  });
});

const schemaThat = (validate: (value: unknown) => unknown): StandardSchema<unknown, unknown> =>
  ({ '~standard': { version: 1, vendor: 'acme', validate } }) as never;

describe('a Standard Schema that', () => {
  it.each([
    ['returns undefined', () => undefined, 'undefined'],
    ['returns true', () => true, 'Boolean'],
    ['returns an empty object', () => ({}), 'Object'],
    ['resolves to null', async () => null, 'null'],
  ])('%s accepts no message', async (_, validate, got) => {
    const { received, frames, lines } = await send(schemaThat(validate), {});
    expect(received).toEqual([]);
    expect(frames).toMatchObject([{ code: 'INTERNAL' }]);
    expect(lines).toMatchObject([
      { error: { message: `Expected the schema of acme to return a value or issues, got ${got}` } },
    ]);
  });

  it('throws answers INTERNAL', async () => {
    const { received, frames } = await send(
      schemaThat(() => {
        throw new Error('the database is down');
      }),
      {},
    );
    expect([received, frames]).toMatchObject([[], [{ code: 'INTERNAL' }]]);
  });

  it('has issues without a path or rule still refuses', async () => {
    const { frames } = await send(
      schemaThat(() => ({ issues: [{ message: 'no' }, { message: 'nor', path: [{ key: 'a' }, 0] }] })),
      {},
    );
    expect(frames[0].errors).toEqual([
      { path: '', rule: 'schema', message: 'no' },
      { path: '/a/0', rule: 'schema', message: 'nor' },
    ]);
  });

  it('has no validate function is refused at set-up', () => {
    expect(() => validateBody({ '~standard': { version: 1, vendor: 'acme' } } as never)).toThrow(
      'Expected a validator made by compileValidator, or a schema of Zod, Valibot or ArkType, got Object',
    );
  });
});
