import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { FunctionKeyring } from '../../../../packages/local/functions/function-keyring.ts';
import {
  type Functions,
  type FunctionsOptions,
  startFunctions,
} from '../../../../packages/local/functions/start-functions.ts';
import type { FunctionLogEvent } from '../../../../packages/local/model/local-event.ts';
import { createMovableClock } from '../../../../packages/local/runtime/clock.ts';
import { PATIENCE_MS, until } from '../../../support/until.ts';
import { aFunction, anAsset } from './a-function.ts';

/** All but the interval at which idle instances are retired, and the time they were idle. */
const REAL_WHILE_IDLE = [
  ...(['Date', 'hrtime', 'nextTick', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout'] as const),
];

const started: Functions[] = [];
const receivers: Server[] = [];
afterEach(async () => {
  jest.useRealTimers();
  await Promise.all(started.splice(0).map((functions) => functions.stop()));
  for (const server of receivers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const start = (definition: Parameters<typeof aFunction>[0], options: Partial<FunctionsOptions> = {}) => {
  const events: FunctionLogEvent[] = [];
  const keyring = new FunctionKeyring();
  const functions = startFunctions({
    functions: [aFunction(definition)],
    keyring,
    log: (event) => events.push(event),
    ...options,
  });
  started.push(functions);
  return {
    functions,
    keyring,
    events,
    invoke: (event: unknown = {}) => functions.invoke('echo', event),
    lines: () => events.flatMap((event) => (event.type === 'log' ? [event.line] : [])),
    warnings: () => events.flatMap((event) => (event.type === 'warning' ? [event.line] : [])),
  };
};

describe('a function', () => {
  it('answers an event with what its handler returns', async () => {
    const { invoke } = start({ code: 'export const handler = async (event) => ({ got: event.x });' });
    await expect(invoke({ x: 5 })).resolves.toMatchObject({ ok: true, payload: { got: 5 } });
  });

  it('sees the variables that Lambda defines and its own, and nothing of the developer', async () => {
    process.env.SECRET_OF_THE_DEVELOPER = 'x';
    const { invoke, keyring } = start(
      { code: 'export const handler = async () => process.env;', environment: { TABLE: 'rows', LANG: 'de_CH.UTF-8' } },
      { environment: { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' } },
    );
    const { payload } = (await invoke()) as { payload: Record<string, string> };
    delete process.env.SECRET_OF_THE_DEVELOPER;
    expect(payload).toMatchObject({
      TABLE: 'rows',
      LANG: 'de_CH.UTF-8',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
      AWS_REGION: 'us-east-1',
    });
    expect(payload.SECRET_OF_THE_DEVELOPER).toBeUndefined();
    expect(keyring.find(payload.AWS_ACCESS_KEY_ID as string)?.caller).toMatchObject({ functionName: 'echo' });
  });

  it('has the trace header of its event, and one that is made for it where the event has none', async () => {
    const { functions, invoke } = start({
      code: 'export const handler = async () => process.env._X_AMZN_TRACE_ID;',
    });
    const made = expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
    const [first, second] = [await invoke(), await invoke()];
    expect([first, second]).toEqual([
      expect.objectContaining({ payload: made }),
      expect.objectContaining({ payload: made }),
    ]);
    expect(first).not.toMatchObject({ payload: second.ok && second.payload });
    const given = await functions.invoke('echo', {}, { traceHeader: 'Root=1-5;Lineage=a:1' });
    expect(given).toMatchObject({ payload: 'Root=1-5;Lineage=a:1' });
  });

  it('gets a context object with the fields of Lambda', async () => {
    const { invoke } = start({
      code: `export const handler = async (_event, context) => ({
        ...context, remaining: context.getRemainingTimeInMillis(), functions: undefined });`,
    });
    const startedAt = performance.now();
    const { payload } = (await invoke()) as { payload: Record<string, unknown> };
    const tookMs = performance.now() - startedAt;
    expect(payload).toMatchObject({
      functionName: 'echo',
      functionVersion: '$LATEST',
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/echo',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:echo',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(payload.remaining).toBeGreaterThanOrEqual(Math.floor(PATIENCE_MS - tookMs));
    expect(payload.remaining).toBeLessThanOrEqual(PATIENCE_MS);
  });

  it.each([
    ['nodejs24.x', ['awsRequestId', 'tenantId', 'xRayTraceId'], true],
    ['nodejs22.x', ['awsRequestId', 'tenantId'], undefined],
  ])('on %s has what Lambda adds to Node', async (runtime, fields, isTraced) => {
    const { invoke, lines } = start({
      runtime,
      code: `export const handler = async (_, context) => {
        console.fatal('it is %s', 'over');
        return {
          fields: ['awsRequestId', 'tenantId', 'xRayTraceId'].filter((name) => name in context),
          isTraced: context.xRayTraceId && context.xRayTraceId === process.env._X_AMZN_TRACE_ID,
          streamifies: typeof awslambda.streamifyResponse,
          api: process.env.AWS_LAMBDA_RUNTIME_API,
        }; };`,
    });
    const { payload } = (await invoke()) as { payload: Record<string, unknown> };
    expect(payload).toMatchObject({ fields, streamifies: 'function', api: expect.stringMatching(/^[\d.]+:\d+$/) });
    expect([payload.isTraced, lines()]).toEqual([isTraced, ['it is over']]);
  });

  it('that streams its response is refused by name', async () => {
    const { invoke } = start({
      code: 'export const handler = awslambda.streamifyResponse(async (event, stream) => stream.end());',
    });
    const errorMessage =
      'The local run does not stream responses, as index.handler asks for with awslambda.streamifyResponse';
    await expect(invoke()).resolves.toMatchObject({ ok: false, error: { errorMessage } });
  });

  it.each([
    [
      'a CommonJS file',
      {
        'index.js': 'exports.handler = async () => require("./other.js").x;',
        'other.js': 'exports.x = 7',
      },
    ],
    ['a .cjs file', { 'index.cjs': 'module.exports = { handler: async () => 7 };' }],
    ['an ES module without package.json', { 'index.js': 'import "node:fs"; export const handler = async () => 7;' }],
    [
      'an ES module with package.json',
      { 'package.json': '{"type":"module"}', 'index.js': 'export const handler = () => 7;' },
    ],
    [
      'a bundle of CommonJS that a lexer cannot read',
      { 'index.js': 'const h = { handler: async () => 7 }; module.exports = Object.assign({}, h);' },
    ],
  ])('is loaded from %s, whatever package.json is above the asset', async (_, files) => {
    const root = anAsset({
      'package.json': '{"type":"module"}',
      ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`cdk.out/asset.1/${name}`, text])),
    });
    const { invoke } = start({ codePath: `${root}/cdk.out/asset.1` });
    await expect(invoke()).resolves.toMatchObject({ payload: 7 });
  });

  it.each([
    [
      'require() of an ES module',
      { 'index.js': 'exports.handler = async () => require("./es.mjs").x;', 'es.mjs': 'export const x = 7;' },
      '--experimental-require-module',
      'Error',
    ],
    [
      'export in a plain .js',
      { 'index.js': 'export const handler = async () => 7;' },
      '--experimental-detect-module',
      'Runtime.UserCodeSyntaxError',
    ],
  ])('up to nodejs22.x has no %s unless NODE_OPTIONS say so', async (_, files, NODE_OPTIONS, errorType) => {
    await expect(start({ files }).invoke()).resolves.toMatchObject({ payload: 7 });
    const runtime = 'nodejs22.x';
    await expect(start({ files, runtime }).invoke()).resolves.toMatchObject({ error: { errorType } });
    const environment = { NODE_OPTIONS };
    await expect(start({ files, runtime, environment }).invoke()).resolves.toMatchObject({ payload: 7 });
  });

  it('up to nodejs22.x has no export in a plain .js below a package.json of the project either', async () => {
    const root = anAsset({
      'package.json': '{"type":"module"}',
      'asset/index.js': 'export const handler = async () => 7;',
    });
    await expect(start({ runtime: 'nodejs22.x', codePath: `${root}/asset` }).invoke()).resolves.toMatchObject({
      error: { errorType: 'Runtime.UserCodeSyntaxError' },
    });
  });

  it('is found in a folder and by a nested export', async () => {
    const { invoke } = start({
      handler: 'src/api/chat.routes.connect',
      files: { 'src/api/chat.mjs': 'export const routes = { connect: async () => 7 };' },
    });
    await expect(invoke()).resolves.toMatchObject({ payload: 7 });
  });

  it('is refused at start, by name, where its file is missing', () => {
    expect(() => start({ handler: 'api/missing.handler' })).toThrow(
      /^A handler is missing: echo \(Echo\): its handler is api\/missing.handler, but .* has no api\/missing.js, .mjs or .cjs.$/,
    );
  });

  it.each([
    ['export const other = 1;', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
    ['export const handler = 1;', 'Runtime.HandlerNotFound', 'index.handler is not a function'],
    ['import "left-pad"; export const handler = 1;', 'Error', "Cannot find package 'left-pad'"],
    ['export const handler = (', 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
    ['throw new TypeError("at start");', 'TypeError', 'at start'],
    ['export const handler = (event, context, callback) => 1;', 'Runtime.CallbackHandlerDeprecated', 'Node.js 24'],
  ])('whose code is %s answers %s', async (code, errorType, errorMessage) => {
    const { invoke } = start({ code });
    await expect(invoke()).resolves.toMatchObject({
      ok: false,
      error: { errorType, errorMessage: expect.stringContaining(errorMessage) },
    });
  });

  it('does not find a package of the project that is not in its asset', async () => {
    const root = anAsset({
      'node_modules/left-pad/index.js': 'module.exports = 1;',
      'asset/index.mjs': 'import pad from "left-pad"; export const handler = async () => pad;',
    });
    await expect(start({ codePath: `${root}/asset` }).invoke()).resolves.toMatchObject({
      error: { errorType: 'Error', errorMessage: expect.stringContaining('Lambda would not') },
    });
  });

  it.each([
    ['nodejs16.x', "Lambda's nodejs16.x brings version 2 of the SDK, the local run does not: bundle it"],
    ['nodejs22.x', 'Lambda would not find it either'],
  ])('on %s does not find version 2 of the SDK, and says %s', async (runtime, why) => {
    const root = anAsset({
      'node_modules/aws-sdk/index.js': 'module.exports = 2;',
      'asset/index.js': 'require("aws-sdk"); exports.handler = async () => 1;',
    });
    await expect(start({ runtime, codePath: `${root}/asset` }).invoke()).resolves.toMatchObject({
      error: { errorType: 'Runtime.ImportModuleError', errorMessage: expect.stringContaining(why) },
    });
  });

  it('finds the AWS SDK without bundling it, as on Lambda', async () => {
    const { invoke } = start({
      files: {
        'index.js':
          'const { SQSClient } = require("@aws-sdk/client-sqs"); exports.handler = async () => SQSClient.name;',
      },
    });
    await expect(invoke()).resolves.toMatchObject({ payload: 'SQSClient' });
  });

  it('fails as its handler does, and goes on in the same instance', async () => {
    const { invoke, lines, events } = start({
      code: `const ways = {
        error: async () => { throw new RangeError('no'); },
        text: async () => { throw 'no'; },
        sync: () => { throw new Error('sync'); },
        big: async () => 10n,
        large: async () => 'x'.repeat(6_300_000),
      };
      export const handler = (event) => ways[event.way]();`,
    });
    const errors = [];
    for (const way of ['error', 'text', 'sync', 'big', 'large']) {
      const result = await invoke({ way });
      errors.push(result.ok ? result.payload : result.error);
    }
    expect(errors).toEqual([
      { errorType: 'RangeError', errorMessage: 'no' },
      { errorType: 'string', errorMessage: 'no' },
      { errorType: 'Error', errorMessage: 'sync' },
      { errorType: 'Runtime.JSONStringifyError', errorMessage: 'Unable to stringify response body' },
      { errorType: 'Function.ResponseSizeTooLarge', errorMessage: expect.stringContaining('6291556') },
    ]);
    expect(lines()[0]).toMatch(/^Invoke Error\t\{"errorType":"RangeError","errorMessage":"no","stack":\[/);
    expect(events.filter((event) => 'coldStart' in event && event.coldStart)).toHaveLength(1);
  });

  it.each([
    ['nodejs24.x', { name: 'object', json: 'Runtime.JSONStringifyError' }],
    ['nodejs22.x', { name: 'Lookalike', json: 'Error' }],
  ])('on %s fails for what is no error and no JSON by the names that Lambda uses', async (runtime, { name, json }) => {
    const { invoke, lines } = start({
      runtime,
      code: `const ways = {
        lookalike: () => { throw { name: 'Lookalike', message: 'no', stack: 'at x' }; },
        named: () => { throw { name: 'Named', message: 'no' }; },
        bare: () => { throw Object.create(null); },
        symbol: () => Symbol('x'),
        function: () => () => 1,
        big: () => 10n,
      };
      export const handler = async ({ way }) => ways[way]();`,
    });
    const types: Record<string, string> = {};
    for (const way of ['lookalike', 'named', 'bare', 'symbol', 'function', 'big']) {
      const result = await invoke({ way });
      types[way] = result.ok ? 'ok' : result.error.errorType;
    }
    const symbol = 'TypeError';
    expect(types).toEqual({ lookalike: name, named: 'object', bare: 'handled', symbol, function: symbol, big: json });
    expect(lines()[1]).toMatch(/^Invoke Error\t\{"errorType":"Error","errorMessage":"\[object Object\]"/);
  });

  it('logs an error with what its developer put on it, as Lambda does', async () => {
    const code = `export const handler = async () => {
      throw Object.assign(new TypeError('no such lot'), { lot: 1, code: 'E_LOT', inner: new Error('why') }); };`;
    const { invoke, lines } = start({ code });
    await invoke();
    const said = JSON.parse(lines()[0]?.replace('Invoke Error\t', '') ?? '');
    expect(said).toMatchObject({ errorType: 'TypeError', errorMessage: 'no such lot', code: 'E_LOT', lot: 1 });
    expect([said.stack[1], said.inner.errorMessage]).toEqual([expect.stringMatching(/index\.mjs:2:/), 'why']);
  });

  it('logs where its code fails to load', async () => {
    const { invoke, lines } = start({ code: '\nthrow new Error("boom at load");' });
    expect(await invoke()).toMatchObject({ error: { errorType: 'Error', errorMessage: 'boom at load' } });
    expect(lines()[0]).toMatch(/^Uncaught Exception\t\{"errorType":"Error".*index\.mjs:2:7/);
  });

  const later = 'await new Promise((r) => setTimeout(r, 50));';
  it.each([
    [
      `async () => { Promise.reject(new Error("lost")); ${later} }`,
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
    ],
    [
      `async () => { setTimeout(() => { throw new Error("late"); }); ${later} }`,
      { errorType: 'Error', errorMessage: 'late' },
    ],
    [
      'async () => process.exit(3)',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 3$/),
      },
    ],
    [
      'async () => process.exit()',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/Runtime exited without providing a reason$/),
      },
    ],
    [
      'async () => { Promise.reject(new Error("lost")); return "ok"; }',
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
    ],
    [
      '() => new Promise(() => {})',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(/Runtime exited without providing a reason$/),
      },
    ],
    [
      'async () => { const all = []; for (;;) all.push(new Array(1e5).fill(all.length)); }',
      { errorType: 'Runtime.OutOfMemory', errorMessage: expect.stringContaining('signal: killed') },
    ],
  ])('that is %s fails as on Lambda, and the next event is run', async (handler, error) => {
    const { invoke, lines } = start({
      memoryMb: 48,
      code: `const bad = ${handler}; export const handler = (event) => event.good ? 7 : bad();`,
    });
    await expect(invoke()).resolves.toMatchObject({ ok: false, error });
    await expect(invoke({ good: true })).resolves.toMatchObject({ payload: 7 });
    expect(lines().join('\n')).toContain(error.errorType);
  });

  it.each([
    ['process.kill(process.pid)', 'signal: terminated'],
    [`process.kill(process.pid, 'SIGKILL')`, 'signal: killed'],
    ['process.kill(0, 9)', 'signal: killed'],
    ['process.kill(process.ppid)', 'signal: terminated'],
    ['process.abort()', 'signal: aborted'],
  ])('that ends its process by %s ends alone', async (code, why) => {
    const { invoke } = start({
      code: `export const handler = async ({ good }) => good ? process.kill(process.pid, 0) : ${code};`,
    });
    await expect(invoke()).resolves.toMatchObject({
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: expect.stringMatching(`Runtime exited with error: ${why}$`),
      },
    });
    await expect(invoke({ good: true })).resolves.toMatchObject({ payload: true });
  });

  it('may end a process that it has started', async () => {
    const { invoke } = start({
      code: `import { spawn } from 'node:child_process'; export const handler = () => new Promise((resolve) => {
        const child = spawn(${JSON.stringify(process.execPath)}, ['-e', 'setInterval(() => {}, 1000)']);
        child.on('exit', (_, signal) => resolve(signal)).on('spawn', () => process.kill(child.pid)); });`,
    });
    await expect(invoke()).resolves.toMatchObject({ payload: 'SIGTERM' });
  });

  it('up to nodejs22.x has answered before a rejection that nobody handled ends its instance', async () => {
    const { invoke, lines, events } = start({
      runtime: 'nodejs22.x',
      code: `export const handler = async () => { Promise.reject(new Error('lost')); return 'ok'; };`,
    });
    expect([await invoke(), await invoke()]).toMatchObject([{ payload: 'ok' }, { payload: 'ok' }]);
    expect(lines()[0]).toMatch(/^Unhandled Promise Rejection\t\{"errorType":"Runtime.UnhandledPromiseRejection"/);
    expect(events.filter((event) => 'coldStart' in event)).toMatchObject([{ coldStart: true }, { coldStart: true }]);
  });

  it.each([
    ['unhandledRejection', `Promise.reject(new Error('lost'));`],
    ['uncaughtException', `setTimeout(() => { throw new Error('lost'); }); ${later}`],
  ])('goes on after an error for which it listens itself (%s), but not up to nodejs22.x', async (event, fails) => {
    const code = `let n = 0; process.on('${event}', () => {});
      export const handler = async () => { ${fails} await new Promise(setImmediate); return ++n; };`;
    const { invoke } = start({ code });
    expect([await invoke(), await invoke()]).toMatchObject([{ payload: 1 }, { payload: 2 }]);
    await expect(start({ code, runtime: 'nodejs22.x' }).invoke()).resolves.toMatchObject({ ok: false });
  });

  it.each([
    ['nodejs24.x', 'Runtime exited with error: exit status 1'],
    ['nodejs22.x', 'Runtime exited with error: exit status 129'],
  ])('on %s that throws after its event has exited when the next event comes', async (runtime, why) => {
    const { invoke, lines } = start({
      runtime,
      code: `export const handler = async () => { setImmediate(() => setImmediate(() => { throw new Error('late'); })); };`,
    });
    await expect(invoke()).resolves.toMatchObject({ ok: true });
    await expect(invoke()).resolves.toMatchObject({
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining(why) },
    });
    expect(lines()[0]).toMatch(/^Uncaught Exception\t\{"errorType":"Error","errorMessage":"late"/);
  });

  it.each([
    ['nodejs24.x', 'Runtime exited without providing a reason'],
    ['nodejs22.x', 'Runtime exited with error: exit status 13'],
  ])('on %s whose top-level await never settles exits while it loads', async (runtime, why) => {
    const { invoke } = start({ runtime, code: 'await new Promise(() => {}); export const handler = async () => 1;' });
    await expect(invoke()).resolves.toMatchObject({
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining(why) },
    });
  });

  it('up to nodejs22.x answers for an async handler whose promise never settles, and lives on', async () => {
    const { invoke } = start({
      runtime: 'nodejs22.x',
      code: 'let n = 0; export const handler = async ({ ends }) => ends ? ++n : new Promise(() => { n += 1; });',
    });
    await expect(invoke()).resolves.toMatchObject({ error: { errorType: 'Runtime.NodeJsExit' } });
    await expect(invoke({ ends: true })).resolves.toMatchObject({ payload: 2 });
  });

  it('answers an error, not a rejection, where it cannot be started or is not there', async () => {
    const { functions, invoke } = start({ environment: { NODE_OPTIONS: '--nonsense' } });
    await expect(invoke()).resolves.toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
    await expect(functions.invoke('another', {})).resolves.toMatchObject({
      error: { errorType: 'ResourceNotFoundException', errorMessage: 'Function not found: another' },
    });
  });

  it.each([
    ['waits', 'await new Promise((r) => setTimeout(r, 5_000));'],
    ['burns the processor', 'for (;;);'],
  ])('that %s is ended at its timeout', async (_, code) => {
    const { invoke } = start({ timeoutMs: 150, code: `export const handler = async () => { ${code} };` });
    const result = await invoke();
    expect(result).toMatchObject({
      ok: false,
      error: {
        errorType: 'Sandbox.Timedout',
        errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 0.15 seconds$/),
      },
    });
  });

  it('runs one event at a time in an instance and starts another when all are busy', async () => {
    const { invoke, events } = start({
      code: 'let busy = 0; export const handler = async () => { busy += 1; await new Promise((r) => setTimeout(r, 50)); return busy--; };',
    });
    const results = await Promise.all([invoke(), invoke(), invoke()]);
    expect(results.map((result) => result.ok && result.payload)).toEqual([1, 1, 1]);
    await invoke();
    expect(
      events.filter(({ type }) => type === 'invocation').map((event) => 'coldStart' in event && event.coldStart),
    ).toEqual([true, true, true, false]);
  });

  it('lets events wait where its reserved concurrency is reached', async () => {
    const { invoke } = start({
      reservedConcurrency: 1,
      code: 'let n = 0; export const handler = async () => { await null; return ++n; };',
    });
    const results = await Promise.all([invoke(), invoke(), invoke()]);
    expect(results.map((result) => result.ok && result.payload)).toEqual([1, 2, 3]);
  });

  it('refuses the events that wait when its reserved concurrency becomes none', async () => {
    const code = 'export const handler = async () => "done";';
    const { invoke, functions } = start({ reservedConcurrency: 1, code });
    const [running, waiting] = [invoke(), invoke()];
    functions.replace(aFunction({ reservedConcurrency: 0, code }));
    expect(await waiting).toMatchObject({ error: { errorType: 'TooManyRequestsException' } });
    expect(await running).toMatchObject({ ok: true, payload: 'done' });
  });

  it('gives no event to an instance that is retired for having been idle', async () => {
    jest.useFakeTimers({ doNotFake: REAL_WHILE_IDLE });
    const { invoke } = start({ code: 'export const handler = async () => "done";' });
    const threeAtOnce = () => Promise.all([invoke(), invoke(), invoke()]);
    await threeAtOnce();
    jest.advanceTimersByTime(60_001);
    expect((await threeAtOnce()).map((result) => result.ok)).toEqual([true, true, true]);
  });

  it('refuses events once it was stopped', async () => {
    const { invoke, functions } = start({});
    await functions.stop();
    expect(await invoke()).toMatchObject({ error: { errorMessage: 'The local run was stopped' } });
  });

  it('gets null for an event that is undefined', async () => {
    const { functions } = start({ code: 'export const handler = async (event) => ({ event });' });
    expect(await functions.invoke('echo', undefined)).toMatchObject({ payload: { event: null } });
  });

  it('keeps every line it prints, also those just before the freeze', async () => {
    const { invoke, lines } = start({
      code: `import fs from 'node:fs'; export const handler = async () => {
        for (let i = 0; i < 5; i += 1) console.log('line', i);
        console.error('to stderr'); process.stdout.write('part'); process.stdout.write('s\\n'); fs.writeSync(1, 'raw\\n'); process.stdout.write('open'); };`,
    });
    await invoke();
    expect(lines()).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4', 'to stderr', 'parts', 'raw', 'open']);
  });

  it('runs new code after a swap, and the event that was running ends on the old', async () => {
    const code = (version: string) =>
      `export const handler = async ({ waitMs = 0 }) => { await new Promise((r) => setTimeout(r, waitMs)); return '${version}'; };`;
    const { functions, invoke } = start({ code: code('old') });
    await invoke();
    const running = invoke({ waitMs: 100 });
    functions.swap('echo', anAsset({ 'index.mjs': code('new') }));
    await expect(invoke()).resolves.toMatchObject({ payload: 'new' });
    await expect(running).resolves.toMatchObject({ payload: 'old' });
    await expect(invoke()).resolves.toMatchObject({ payload: 'new' });
  });

  it('sees the time of a moved clock', async () => {
    const clock = createMovableClock();
    const { invoke } = start(
      {
        code: 'export const handler = async () => [Date.now(), new Date().getTime(), new Date(5).getTime(), new Date() instanceof Date, typeof Date()];',
      },
      { clock },
    );
    await clock.advance(36_000_000);
    const { payload } = (await invoke()) as { payload: number[] };
    expect(payload[0]).toBeGreaterThanOrEqual(Date.now() + 35_990_000);
    expect(payload[1]).toBeGreaterThanOrEqual(Date.now() + 35_990_000);
    expect(payload.slice(2)).toEqual([5, true, 'string']);
  });

  it('dies in the middle of an event by a fault', async () => {
    let crash: number | undefined = 1;
    const { invoke } = start({ code: 'export const handler = async () => 7;' }, { crashAfterWrites: () => crash });
    await expect(invoke()).resolves.toMatchObject({
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') },
    });
    crash = undefined;
    await expect(invoke()).resolves.toMatchObject({ payload: 7 });
  });
});

/** A second function of the same code: what it has done by its answer, the first would have done too, were it not frozen. */
const startTwo = (code: string) => {
  const awake = aFunction({ functionName: 'awake', code });
  const two = start({ code }, { functions: [aFunction({ code }), awake] });
  return { ...two, invokeAwake: (event: unknown) => two.functions.invoke('awake', event) };
};

/** A server whose functions post to it, with the code that does so: `post(path, agent)`, over `keptAlive` or `single`. */
const startReceiver = async () => {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const posting = `import { Agent, request } from 'node:http';
    const keptAlive = new Agent({ keepAlive: true });
    const single = new Agent({ keepAlive: false });
    const post = (path, agent = keptAlive) => new Promise((resolve, reject) => request({ port: ${port}, host: '127.0.0.1', path, agent }, (response) => response.resume().on('end', resolve)).on('error', reject).end());`;
  receivers.push(server);
  return { paths, server, posting };
};

describe('a frozen function', () => {
  it('runs what fell due before its next event', async () => {
    const { invoke } = start({
      code: `let isDue = false; export const handler = async ({ sets }) => {
        if (!sets) return isDue;
        setTimeout(() => { isDue = true; }, 1);
        for (const endsAt = Date.now() + 5; Date.now() < endsAt;); };`,
    });
    await invoke({ sets: true });
    await expect(invoke()).resolves.toMatchObject({ payload: true });
  });

  it('sees before its next event that a connection was closed', async () => {
    const { paths, server, posting } = await startReceiver();
    const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
    const { invoke } = start({ code: `${posting} export const handler = ({ path }) => post(path);` });
    await invoke({ path: '/1' });
    server.closeAllConnections();
    await closed;
    await expect(invoke({ path: '/2' })).resolves.toMatchObject({ ok: true });
    expect(paths).toEqual(['/1', '/2']);
  });

  it('does not go on with a timer until the next event, and is named', async () => {
    const { invoke, invokeAwake, lines, warnings } = startTwo(`export const handler = async ({ waitMs }) => {
      if (waitMs) return new Promise((r) => setTimeout(r, waitMs));
      setTimeout(() => console.log(Date.now()), 10); };`);
    await invoke();
    await invokeAwake({ waitMs: 60 });
    expect(lines()).toEqual([]);
    const thawedAtMs = Date.now();
    await invoke({ waitMs: 20 });
    expect(lines()).toEqual([expect.stringMatching(/^\d+$/)]);
    expect(Number(lines()[0])).toBeGreaterThanOrEqual(thawedAtMs);
    expect(warnings()).toEqual([expect.stringMatching(/^echo answered with 1 timer still at work; .*await it$/)]);
  });

  it('loses a post that was not awaited, and says so, while an awaited one gives no warning', async () => {
    const { paths, posting } = await startReceiver();
    const { invoke, invokeAwake, warnings } = startTwo(`${posting}
      export const handler = async ({ path, awaited }) => { if (awaited) await post(path); else (async () => { for (let i = 0; i < 20; i += 1) await null; await post(path); })(); };`);
    await invoke({ path: '/awaited', awaited: true });
    await invoke({ path: '/awaited', awaited: true });
    expect(warnings()).toEqual([]);
    await invoke({ path: '/lost' });
    await until(() => warnings().length > 0);
    expect(warnings()).toEqual([expect.stringMatching(/^echo answered with a request still at work/)]);
    await invokeAwake({ path: '/awake', awaited: true });
    await invokeAwake({ path: '/awake', awaited: true });
    expect(paths).toEqual(['/awaited', '/awaited', '/awake', '/awake']);
    await invoke({ path: '/next', awaited: true });
    expect(paths.sort()).toEqual(['/awaited', '/awaited', '/awake', '/awake', '/lost', '/next']);
  });

  it('is named for a request on an agent without keep-alive that was not awaited, and not for an awaited one', async () => {
    const { posting } = await startReceiver();
    const { invoke, warnings } = start({
      code: `${posting}
        export const handler = async ({ awaited }) => { const posted = post('/', single); if (awaited) await posted; };`,
    });
    await invoke({ awaited: true });
    await invoke({ awaited: true });
    expect(warnings()).toEqual([]);
    await invoke({ awaited: false });
    await until(() => warnings().length > 0);
    expect(warnings()).toEqual([expect.stringMatching(/^echo answered with 1 socket still at work/)]);
  });

  it('is not frozen before the event loop is empty, where a callback handler up to nodejs22.x waits for it', async () => {
    const { invoke, lines } = start({
      runtime: 'nodejs22.x',
      code: `export const handler = (event, context, callback) => {
        if (event.freeze) context.callbackWaitsForEmptyEventLoop = false;
        setTimeout(() => console.log(event.name), 20); callback(null, event.name); };`,
    });
    await expect(invoke({ name: 'waited' })).resolves.toMatchObject({ payload: 'waited' });
    expect(lines()).toEqual(['waited']);
    await expect(invoke({ name: 'frozen', freeze: true })).resolves.toMatchObject({ payload: 'frozen' });
    expect(lines()).toEqual(['waited']);
    await expect(invoke({ name: 'last' })).resolves.toMatchObject({ payload: 'last' });
    expect(lines()).toEqual(['waited', 'frozen', 'last']);
  });

  it('answers null up to nodejs22.x where neither a promise nor a callback answers', async () => {
    const { invoke } = start({ runtime: 'nodejs20.x', code: 'export const handler = () => 7;' });
    await expect(invoke()).resolves.toMatchObject({ ok: true, payload: null });
    await expect(invoke()).resolves.toMatchObject({ ok: true, payload: null });
  });
});

describe('a function that calls a host of AWS', () => {
  it('reaches the local service that stands for it, and is named where there is none', async () => {
    const server = createServer((request, response) => response.end(`${request.headers.host}${request.url}`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { invoke, warnings } = start(
      {
        code: `import https from 'node:https'; export const handler = async ({ url, way }) => way === 'fetch' ? (await fetch(url)).text() : new Promise((resolve, reject) => https.get(url, (response) => response.setEncoding('utf8').on('data', resolve)).on('error', reject));`,
      },
      { hosts: new Map([['abc.execute-api.us-east-1.amazonaws.com', `127.0.0.1:${port}`]]) },
    );
    const url = 'https://abc.execute-api.us-east-1.amazonaws.com/production/x';
    const payload = 'abc.execute-api.us-east-1.amazonaws.com/production/x';
    await expect(invoke({ url })).resolves.toMatchObject({ payload });
    await expect(invoke({ url, way: 'fetch' })).resolves.toMatchObject({ payload });
    await expect(invoke({ url: 'https://sts.us-east-1.amazonaws.com/' })).resolves.toMatchObject({
      error: { errorMessage: 'The local run has no sts.us-east-1.amazonaws.com' },
    });
    expect(warnings()).toContain('echo called sts.us-east-1.amazonaws.com, which the local run does not have');
    server.closeAllConnections();
    server.close();
  });
});
