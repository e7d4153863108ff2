import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { FunctionKeyring } from '../../../../packages/local/functions/function-keyring.ts';
import { type Functions, startFunctions } from '../../../../packages/local/functions/start-functions.ts';
import type { LambdaFunction } from '../../../../packages/local/model/application.ts';
import type { FunctionLogEvent } from '../../../../packages/local/model/local-event.ts';
import { until } from '../../../support/until.ts';
import { aFunction } from './a-function.ts';

/** The functions that stay real: all but the timers that tests move. */
const REAL = [
  ...(['Date', 'hrtime', 'performance', 'nextTick', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
];

let functions: Functions | undefined;
afterEach(async () => {
  jest.useRealTimers();
  await functions?.stop();
});

const start = (definition: Partial<LambdaFunction> & { code: string }) => {
  const events: FunctionLogEvent[] = [];
  const started = startFunctions({
    functions: [aFunction(definition)],
    keyring: new FunctionKeyring(),
    log: (event) => events.push(event),
  });
  functions = started;
  return { events, invoke: () => started.invoke('echo', {}) };
};

describe('an instance of a function', () => {
  it('ends an event at the timeout, and the error names the timeout in seconds', async () => {
    jest.useFakeTimers({ doNotFake: REAL });
    const { invoke, events } = start({
      timeoutMs: 900_000,
      code: `export const handler = () => { console.log('began'); return new Promise((r) => setInterval(r, 2 ** 31 - 1)); };`,
    });
    const result = invoke();
    await until(() => events.length > 0);
    jest.advanceTimersByTime(900_000);
    await expect(result).resolves.toMatchObject({
      ok: false,
      error: { errorMessage: expect.stringMatching(/ Task timed out after 900\.00 seconds$/) },
    });
  });

  it('reports how long its code took to load only with its first event', async () => {
    const { invoke, events } = start({ code: 'export const handler = async () => null;' });
    await invoke();
    await invoke();
    const invocations = events.filter(({ type }) => type === 'invocation');
    expect(invocations).toMatchObject([{ coldStart: true, initMs: expect.any(Number) }, { coldStart: false }]);
    expect(invocations[1]).not.toHaveProperty('initMs');
  });

  it('gives a callback handler the whole context', async () => {
    const { invoke } = start({
      runtime: 'nodejs22.x',
      code: 'export const handler = (event, context, callback) => callback(null, Object.keys(context));',
    });
    const { payload } = (await invoke()) as { payload: string[] };
    expect(payload).toEqual(expect.arrayContaining(['awsRequestId', 'callbackWaitsForEmptyEventLoop', 'done']));
  });
});
