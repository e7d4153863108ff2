import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import type { StandardSchema } from '../../../middleware/support/standard-schema.ts';
import { validateBody } from '../../../middleware/validate-body.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { aContext, aMessageEvent, fakeServices } from '../../../testing/index.ts';
import { captureLogs } from '../../support/capture-logs.ts';

/** What the handler was given, and what the sender was told. */
const send = async (schema: StandardSchema<unknown, unknown>, body: unknown) => {
  const services = fakeServices();
  const { logger, lines } = captureLogs();
  const seen: unknown[] = [];
  const handler = webSocketRoute(schema).handler((event) => {
    seen.push(event.body);
  });
  await handler(aMessageEvent({ body }), aContext({ services, logger }));
  return { seen, frames: services.poster.posted.map(({ data }) => JSON.parse(data)), lines };
};

const notShouting = async (text: string): Promise<boolean> => text !== text.toUpperCase();

/** One message in the words of each library: texts are trimmed, `to` has a default, a list is within. */
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
  it('gives the handler what it made of the message', async () => {
    expect(await send(schema, { text: ' hi ' })).toMatchObject({ seen: [{ text: 'hi', to: 'all' }], frames: [] });
  });

  it('tells the sender each rule that is broken, by path', async () => {
    const { seen, frames, lines } = await send(schema, { text: ' ', 'a/~b': [1, 'secret'] });
    expect(seen).toEqual([]);
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

  it('refuses what is not an object', async () => {
    const { frames } = await send(schema, '5');
    expect(frames).toMatchObject([{ code: 'MESSAGE_INVALID', errors: [{ path: '' }] }]);
  });
});

describe('an asynchronous schema', () => {
  it.each<[string, StandardSchema<unknown, unknown>]>([
    ['zod', z.object({ text: z.string().refine(notShouting, { error: 'too loud' }) })],
    ['valibot', v.objectAsync({ text: v.pipeAsync(v.string(), v.checkAsync(notShouting, 'too loud')) })],
  ])('of %s is waited for', async (_, schema) => {
    expect(await send(schema, { text: 'hi' })).toMatchObject({ seen: [{ text: 'hi' }], frames: [] });
    expect(await send(schema, { text: 'HI' })).toMatchObject({
      seen: [],
      frames: [{ code: 'MESSAGE_INVALID', errors: [{ path: '/text', message: 'too loud' }] }],
    });
  });
});

const schemaThat = (validate: (value: unknown) => unknown): StandardSchema<unknown, unknown> =>
  ({ '~standard': { version: 1, vendor: 'ours', validate } }) as never;

describe('a Standard Schema that', () => {
  it.each([
    ['gives nothing', () => undefined, 'undefined'],
    ['gives true', () => true, 'Boolean'],
    ['gives an empty object', () => ({}), 'Object'],
    ['gives nothing, later', async () => null, 'null'],
  ])('%s lets no message pass', async (_, validate, got) => {
    const { seen, frames, lines } = await send(schemaThat(validate), {});
    expect(seen).toEqual([]);
    expect(frames).toMatchObject([{ code: 'INTERNAL' }]);
    expect(lines).toMatchObject([
      { error: { message: `Expected the schema of ours to give a value or issues, got ${got}` } },
    ]);
  });

  it('throws, fails the message and not its sender', async () => {
    const { seen, frames } = await send(
      schemaThat(() => {
        throw new Error('the database is down');
      }),
      {},
    );
    expect([seen, frames]).toMatchObject([[], [{ code: 'INTERNAL' }]]);
  });

  it('names neither path nor rule, still refuses', async () => {
    const { frames } = await send(
      schemaThat(() => ({ issues: [{ message: 'no' }, { message: 'nor', path: [{ key: 'a' }, 0] }] })),
      {},
    );
    expect(frames[0].errors).toEqual([
      { path: '', rule: 'schema', message: 'no' },
      { path: '/a/0', rule: 'schema', message: 'nor' },
    ]);
  });

  it('has no function to validate with, is refused at set-up', () => {
    expect(() => validateBody({ '~standard': { version: 1, vendor: 'ours' } } as never)).toThrow(
      'Expected a validator made by compileValidator, or a schema of Zod, Valibot or ArkType, got Object',
    );
  });
});
