import { afterEach, describe, expect, it } from '@jest/globals';
import { start, stopFunctions } from '../start-for-test.ts';

afterEach(stopFunctions);

const LATER = 'await new Promise((resolve) => setTimeout(resolve, 20));';

describe('a handler up to nodejs22.x', () => {
  it.each([
    ['calls back twice', '(event, context, callback) => { callback(null, 1); callback(new Error("late")); }'],
    [
      'throws after it has called back',
      '(event, context, callback) => { callback(null, 1); throw new Error("late"); }',
    ],
    ['calls back and then returns', `async (event, context, callback) => { callback(null, 1); ${LATER} return 2; }`],
    ['calls back after context.done', '(event, context, callback) => { context.done(null, 1); callback(null, 2); }'],
  ])('that %s answers with the first result', async (_, handler) => {
    const { invoke } = start({ runtime: 'nodejs22.x', code: `export const handler = ${handler};` });
    await expect(invoke()).resolves.toMatchObject({ ok: true, payload: 1 });
  });

  it.each([
    [
      'a promise that was rejected with undefined',
      'async () => { throw undefined; }',
      { error: { errorMessage: 'handled' } },
    ],
    ['context.fail() without an error', '(_, context) => context.fail()', { error: { errorMessage: 'handled' } }],
    ['null that was thrown', '() => { throw null; }', { payload: null }],
  ])('answers %s as Lambda does', async (_, handler, answer) => {
    const { invoke } = start({ runtime: 'nodejs22.x', code: `export const handler = ${handler};` });
    await expect(invoke()).resolves.toMatchObject(answer);
  });
});

it.each([
  ['nodejs24.x', 'BufferedInvokeProcessor'],
  ['nodejs22.x', 'Runtime'],
])("a method that is the handler on %s has Lambda's %s for `this`, not its own object", async (runtime, name) => {
  const { invoke } = start({
    runtime,
    code: `class Route { name = 'chat'; async handler() { return [this.constructor.name, this.name ?? 'lost']; } }
      export const { handler } = new Route();`,
  });
  await expect(invoke()).resolves.toMatchObject({ payload: [name, 'lost'] });
});

it.each([
  ['', 'Runtime exited without providing a reason'],
  ['process.exitCode = 5;', 'exit status 5'],
])(
  "a promise that never settles since nodejs24.x ends the process after the function's own listeners (%s)",
  async (code, why) => {
    const { invoke, lines } = start({
      code: `process.on('beforeExit', () => console.log('flushed'));
      export const handler = async () => { ${code} await new Promise(() => {}); };`,
    });
    await expect(invoke()).resolves.toMatchObject({ error: { errorMessage: expect.stringContaining(why) } });
    expect(lines()[0]).toBe('flushed');
  },
);
