import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createMovableClock } from '../../../../packages/local/runtime/clock.ts';
import { PATIENCE_MS } from '../../../support/until.ts';
import { aFunction, anAsset } from './a-function.ts';
import { start, stopFunctions } from './start-for-test.ts';

/** The functions that stay real: all but the interval that ends idle instances, and the clock of their idle time. */
const REAL_WHILE_IDLE = [
  ...(['Date', 'hrtime', 'nextTick', 'queueMicrotask'] as const),
  ...(['setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout'] as const),
];

const OK = 'export const handler = async () => 7;';

afterEach(async () => {
  jest.useRealTimers();
  await stopFunctions();
});

describe('a function', () => {
  it('answers an event with what its handler returns', async () => {
    const { invoke } = start({ code: 'export const handler = async (event) => ({ got: event.x });' });
    await expect(invoke({ x: 5 })).resolves.toMatchObject({ ok: true, payload: { got: 5 } });
  });

  describe('loads the modules of NODE_OPTIONS before its handler', () => {
    const code = 'export const handler = async () => [globalThis.loaded, process.env.NODE_OPTIONS];';
    const files = {
      'index.mjs': code,
      'pre.js': 'globalThis.loaded = [...(globalThis.loaded ?? []), "pre.js", process.cwd() === __dirname];',
      'pre.mjs': 'globalThis.loaded = [...(globalThis.loaded ?? []), "pre.mjs"];',
      'node_modules/tracer/package.json': '{"exports":{".":{"import":"./tracer.mjs"}}}',
      'node_modules/tracer/tracer.mjs': 'globalThis.loaded = [...(globalThis.loaded ?? []), "tracer"];',
    };

    it.each([
      ['--require ./pre.js', ['pre.js', true]],
      ['-r ./pre --enable-source-maps', ['pre.js', true]],
      ['--require=/var/task/pre.js', ['pre.js', true]],
      ['--import ./pre.mjs', ['pre.mjs']],
      ['--import file:///var/task/pre.mjs', ['pre.mjs']],
      ['--import tracer --require "./pre.js"', ['pre.js', true, 'tracer']],
      ['--use-openssl-ca --max-old-space-size=64 --import=./pre.mjs', ['pre.mjs']],
    ])('%s', async (NODE_OPTIONS, loaded) => {
      const { invoke } = start({ files, environment: { NODE_OPTIONS } });
      await expect(invoke()).resolves.toMatchObject({ payload: [loaded, NODE_OPTIONS] });
    });

    it('and ends with Node’s own error if one fails', async () => {
      const { invoke, lines } = start({
        files: { ...files, 'pre.js': 'throw new Error("no collector");' },
        environment: { NODE_OPTIONS: '--require ./pre.js' },
      });
      await expect(invoke()).resolves.toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
      expect(lines().join('\n')).toContain('Error: no collector');
    });
  });

  it('gets the variables that Lambda defines and its own, and no variable of the developer', async () => {
    process.env.DEVELOPER_SECRET = 'x';
    const { invoke, keyring } = start(
      { code: 'export const handler = async () => process.env;', environment: { TABLE: 'rows', LANG: 'de_CH.UTF-8' } },
      { environment: { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' } },
    );
    const { payload } = (await invoke()) as { payload: Record<string, string> };
    delete process.env.DEVELOPER_SECRET;
    expect(payload).toMatchObject({
      TABLE: 'rows',
      LANG: 'de_CH.UTF-8',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
      AWS_REGION: 'us-east-1',
    });
    expect(payload.DEVELOPER_SECRET).toBeUndefined();
    expect(keyring.find(payload.AWS_ACCESS_KEY_ID as string)?.caller).toMatchObject({ functionName: 'echo' });
  });

  it('has the trace header of its event, or a new one if the event has no header', async () => {
    const { functions, invoke } = start({
      code: 'export const handler = async () => process.env._X_AMZN_TRACE_ID;',
    });
    const newHeader = expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
    const [first, second] = [await invoke(), await invoke()];
    expect([first, second]).toEqual([
      expect.objectContaining({ payload: newHeader }),
      expect.objectContaining({ payload: newHeader }),
    ]);
    expect(first).not.toMatchObject({ payload: second.ok && second.payload });
    const given = await functions.invoke('echo', {}, { traceHeader: 'Root=1-5;Lineage=a:1' });
    expect(given).toMatchObject({ payload: 'Root=1-5;Lineage=a:1' });
  });

  it('gets a context object with the same fields as on Lambda', async () => {
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
  ])('on %s has the fields and functions that Lambda adds to Node', async (runtime, fields, isTraced) => {
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

  it('that streams its response fails, and the error names its handler', async () => {
    const { invoke } = start({
      code: 'export const handler = awslambda.streamifyResponse(async (event, stream) => stream.end());',
    });
    const errorMessage =
      'index.handler uses awslambda.streamifyResponse: the local run does not support response streaming';
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
    ['a file without an extension', { index: 'exports.handler = async () => 7;' }],
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
  ])('is loaded from %s, and a package.json above the asset does not matter', async (_, files) => {
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
      '--experimental-detect-module --experimental-require-module',
      'Runtime.UserCodeSyntaxError',
    ],
  ])(
    'up to nodejs22.x does not support %s unless NODE_OPTIONS enables it',
    async (_, files, NODE_OPTIONS, errorType) => {
      await expect(start({ files }).invoke()).resolves.toMatchObject({ payload: 7 });
      const runtime = 'nodejs22.x';
      await expect(start({ files, runtime }).invoke()).resolves.toMatchObject({ error: { errorType } });
      const environment = { NODE_OPTIONS };
      await expect(start({ files, runtime, environment }).invoke()).resolves.toMatchObject({ payload: 7 });
    },
  );

  it('up to nodejs22.x does not support export in a plain .js, even below a package.json of type module', async () => {
    const root = anAsset({
      'package.json': '{"type":"module"}',
      'asset/index.js': 'export const handler = async () => 7;',
    });
    await expect(start({ runtime: 'nodejs22.x', codePath: `${root}/asset` }).invoke()).resolves.toMatchObject({
      error: { errorType: 'Runtime.UserCodeSyntaxError' },
    });
  });

  it.each([
    ['index.mjs', 'export default { handler: async () => 1 };', 'index.handler', true, false],
    ['index.js', 'module.exports = class { static async handler() { return 1; } };', 'index.handler', false, true],
    ['index.js', 'exports.app = () => {}; exports.app.handler = async () => 1;', 'index.app.handler', false, true],
    ['index.js', 'module.exports = Promise.resolve({ handler: async () => 1 });', 'index.handler', false, true],
    ['index.mjs', 'export const handler = 0;', 'index.handler', false, false],
  ])(
    'finds in %s (%s) the handler %s only on the runtimes on which Lambda finds it',
    async (file, code, handler, since24, upTo22) => {
      const found = { payload: 1 };
      const missing = { error: { errorMessage: `${handler} is undefined or not exported` } };
      const files = { [file]: code };
      await expect(start({ files, handler }).invoke()).resolves.toMatchObject(since24 ? found : missing);
      const old = start({ files, handler, runtime: 'nodejs22.x' });
      await expect(old.invoke()).resolves.toMatchObject(upTo22 ? found : missing);
    },
  );

  it('is found in a folder and by a nested export', async () => {
    const { invoke } = start({
      handler: 'src/api/chat.routes.connect',
      files: { 'src/api/chat.mjs': 'export const routes = { connect: async () => 7 };' },
    });
    await expect(invoke()).resolves.toMatchObject({ payload: 7 });
  });

  it('is refused at start if its file is missing, and the error names it', () => {
    expect(() => start({ handler: 'api/missing.handler' })).toThrow(
      /^Lambda would not load a handler: echo \(Echo\): its handler api\/missing\.handler is not in .*\. Bundle it there as api\/missing\.mjs, \.js or \.cjs, or correct the handler's name\.$/,
    );
  });

  it("fails with Lambda's error after a reload to a handler that Lambda does not load, and the log has the remedy", async () => {
    const { functions, invoke, lines } = start({ handler: 'x.handler', files: { 'x.mjs': OK } });
    await expect(invoke()).resolves.toMatchObject({ payload: 7 });
    functions.swap('echo', anAsset({ 'x.mjs': OK, 'x/part.txt': '' }));
    await expect(invoke()).resolves.toMatchObject({
      error: {
        errorMessage: expect.stringMatching(/^Directory import '.*x' is not supported .* \/var\/runtime\/index\.mjs$/),
      },
    });
    const [line] = lines();
    expect(line).toMatch(/^echo: Lambda does not load its handler x\.handler: .* x\/, not x\.mjs\. Rename the folder/);
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
    ['nodejs16.x', "Lambda's nodejs16.x has version 2 of the SDK, but the local run does not. Bundle it"],
    ['nodejs22.x', 'Lambda would not find it either'],
  ])('on %s does not find version 2 of the SDK, and the error says: %s', async (runtime, why) => {
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

  it('lets events wait while its reserved concurrency is used up', async () => {
    const { invoke } = start({
      reservedConcurrency: 1,
      code: 'let n = 0; export const handler = async () => { await null; return ++n; };',
    });
    const results = await Promise.all([invoke(), invoke(), invoke()]);
    expect(results.map((result) => result.ok && result.payload)).toEqual([1, 2, 3]);
  });

  it('refuses the waiting events when its reserved concurrency becomes 0', async () => {
    const code = 'export const handler = async () => "done";';
    const { invoke, functions } = start({ reservedConcurrency: 1, code });
    const [running, waiting] = [invoke(), invoke()];
    functions.replace(aFunction({ reservedConcurrency: 0, code }));
    expect(await waiting).toMatchObject({ error: { errorType: 'TooManyRequestsException' } });
    expect(await running).toMatchObject({ ok: true, payload: 'done' });
  });

  it('gives no event to an instance that is ending because it was idle', async () => {
    jest.useFakeTimers({ doNotFake: REAL_WHILE_IDLE });
    const { invoke } = start({ code: 'export const handler = async () => "done";' });
    const threeAtOnce = () => Promise.all([invoke(), invoke(), invoke()]);
    await threeAtOnce();
    jest.advanceTimersByTime(60_001);
    expect((await threeAtOnce()).map((result) => result.ok)).toEqual([true, true, true]);
  });

  it('refuses events after it was stopped', async () => {
    const { invoke, functions } = start({});
    await functions.stop();
    expect(await invoke()).toMatchObject({ error: { errorMessage: 'The local run was stopped' } });
  });

  it('gets null if its event is undefined', async () => {
    const { functions } = start({ code: 'export const handler = async (event) => ({ event });' });
    expect(await functions.invoke('echo', undefined)).toMatchObject({ payload: { event: null } });
  });

  it('has every line in its log, even lines that it printed just before the freeze', async () => {
    const { invoke, lines } = start({
      code: `import fs from 'node:fs'; export const handler = async () => {
        for (let i = 0; i < 5; i += 1) console.log('line', i);
        console.error('to stderr'); process.stdout.write('part'); process.stdout.write('s\\n'); fs.writeSync(1, 'raw\\n'); process.stdout.write('open'); };`,
    });
    await invoke();
    expect(lines()).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4', 'to stderr', 'parts', 'raw', 'open']);
  });

  it('runs new code after a swap, and the running event ends with the old code', async () => {
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

  it('has the time of a moved clock', async () => {
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

  it('crashes in the middle of an event if a fault says so', async () => {
    let crash: number | undefined = 1;
    const { invoke } = start({ code: 'export const handler = async () => 7;' }, { crashAfterWrites: () => crash });
    await expect(invoke()).resolves.toMatchObject({
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') },
    });
    crash = undefined;
    await expect(invoke()).resolves.toMatchObject({ payload: 7 });
  });
});
