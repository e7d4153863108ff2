import { afterEach, describe, expect, it } from '@jest/globals';
import { runProgram } from '../../../support/run-command.ts';
import { aFunction } from './a-function.ts';
import { start, stopFunctions } from './start-for-test.ts';

afterEach(stopFunctions);

describe('a function', () => {
  it('fails as its handler fails, and the same instance runs the next event', async () => {
    const { invoke, lines, events } = start({
      code: `const variants = {
        error: async () => { throw new RangeError('no'); },
        text: async () => { throw 'no'; },
        sync: () => { throw new Error('sync'); },
        big: async () => 10n,
        large: async () => 'x'.repeat(6_300_000),
      };
      export const handler = (event) => variants[event.variant]();`,
    });
    const errors = [];
    for (const variant of ['error', 'text', 'sync', 'big', 'large']) {
      const result = await invoke({ variant });
      errors.push(result.ok ? result.payload : result.error);
    }
    expect(errors).toEqual([
      { errorType: 'RangeError', errorMessage: 'no' },
      { errorType: 'string', errorMessage: 'no' },
      { errorType: 'Error', errorMessage: 'sync' },
      { errorType: 'Runtime.JSONStringifyError', errorMessage: 'Unable to stringify response body' },
      { errorType: 'Function.ResponseSizeTooLarge', errorMessage: expect.stringContaining('6291556') },
    ]);
    expect(lines()[0]).toMatch(/^Invoke Error \t\{"errorType":"RangeError","errorMessage":"no","stack":\[/);
    expect(events.filter((event) => 'coldStart' in event && event.coldStart)).toHaveLength(1);
  });

  it.each([
    ['nodejs24.x', { name: 'object', bare: 'Runtime.ExitError', json: 'Runtime.JSONStringifyError' }],
    ['nodejs22.x', { name: 'Lookalike', bare: 'TypeError', json: 'Error' }],
  ])(
    'on %s fails with the names that Lambda uses if it throws no error or returns no JSON',
    async (runtime, { name, bare, json }) => {
      const { invoke, lines } = start({
        runtime,
        code: `const variants = {
        lookalike: () => { throw { name: 'Lookalike', message: 'no', stack: 'at x' }; },
        named: () => { throw { name: 'Named', message: 'no' }; },
        bare: () => { throw Object.create(null); },
        symbol: () => Symbol('x'),
        function: () => () => 1,
        big: () => 10n,
      };
      export const handler = async ({ variant }) => variants[variant]();`,
      });
      const types: Record<string, string> = {};
      for (const variant of ['lookalike', 'named', 'bare', 'symbol', 'function', 'big']) {
        const result = await invoke({ variant });
        types[variant] = result.ok ? 'ok' : result.error.errorType;
      }
      const symbol = 'TypeError';
      expect(types).toEqual({ lookalike: name, named: 'object', bare, symbol, function: symbol, big: json });
      expect(lines()[1]).toMatch(/^Invoke Error \t\{"errorType":"Error","errorMessage":"\[object Object\]"/);
    },
  );

  it('logs an error with the properties that its code added, as Lambda does', async () => {
    const code = `export const handler = async () => {
      throw Object.assign(new TypeError('no such lot'), { lot: 1, code: 'E_LOT', inner: new Error('why') }); };`;
    const { invoke, lines } = start({ code });
    await invoke();
    const logged = JSON.parse(lines()[0]?.replace('Invoke Error \t', '') ?? '');
    expect(logged).toMatchObject({ errorType: 'TypeError', errorMessage: 'no such lot', code: 'E_LOT', lot: 1 });
    expect([logged.stack[1], logged.inner.errorMessage]).toEqual([expect.stringMatching(/index\.mjs:2:/), 'why']);
  });

  it('logs the file and line at which its code fails to load', async () => {
    const { invoke, lines } = start({ code: '\nthrow new Error("boom at load");' });
    expect(await invoke()).toMatchObject({ error: { errorType: 'Error', errorMessage: 'boom at load' } });
    expect(lines()[0]).toMatch(/^Init Error \t\{"errorType":"Error".*index\.mjs:2:7/);
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
  ])('that is %s fails as on Lambda, and its next event runs', async (handler, error) => {
    const { invoke, lines } = start({
      memoryMb: 48,
      code: `const bad = ${handler}; export const handler = (event) => event.good ? 7 : bad();`,
    });
    await expect(invoke()).resolves.toMatchObject({ ok: false, error });
    await expect(invoke({ good: true })).resolves.toMatchObject({ payload: 7 });
    expect(lines().join('\n')).toContain(error.errorType);
  });

  it('that runs out of memory ends alone, even if it allocates fast', async () => {
    const definition = aFunction({
      memoryMb: 64,
      code: `export const handler = async () => {
        for (const all = []; ; ) all.push(JSON.parse('[' + '{"a":[1,2,3],"b":{"c":"d"}},'.repeat(20_000) + '0]')); };`,
    });
    const folder = new URL('../../../../packages/local/functions/', import.meta.url).href;
    // It runs in its own process, because a defect would end the process.
    const run = `const { startFunctions } = await import('${folder}start-functions.ts');
      const { FunctionKeyring } = await import('${folder}function-keyring.ts');
      const functions = [${JSON.stringify(definition)}];
      const started = startFunctions({ functions, keyring: new FunctionKeyring() });
      console.log((await started.invoke('echo', {})).error.errorType);
      await started.stop();`;
    const { code, stdout } = await runProgram(process.execPath, ['--input-type=module', '-e', run]).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Runtime.OutOfMemory\n' });
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

  it('can end a process that it has started', async () => {
    const { invoke } = start({
      code: `import { spawn } from 'node:child_process'; export const handler = () => new Promise((resolve) => {
        const child = spawn(${JSON.stringify(process.execPath)}, ['-e', 'setInterval(() => {}, 1000)']);
        child.on('exit', (_, signal) => resolve(signal)).on('spawn', () => process.kill(child.pid)); });`,
    });
    await expect(invoke()).resolves.toMatchObject({ payload: 'SIGTERM' });
  });

  it('up to nodejs22.x answers before an unhandled rejection ends its instance', async () => {
    const { invoke, lines, events } = start({
      runtime: 'nodejs22.x',
      code: `export const handler = async () => { Promise.reject(new Error('lost')); return 'ok'; };`,
    });
    expect([await invoke(), await invoke()]).toMatchObject([{ payload: 'ok' }, { payload: 'ok' }]);
    expect(lines()[0]).toMatch(/^Unhandled Promise Rejection \t\{"errorType":"Runtime.UnhandledPromiseRejection"/);
    expect(events.filter((event) => 'coldStart' in event)).toMatchObject([{ coldStart: true }, { coldStart: true }]);
  });

  it.each([
    ['unhandledRejection', `Promise.reject(new Error('lost'));`],
    ['uncaughtException', `setTimeout(() => { throw new Error('lost'); }); ${later}`],
  ])('goes on after an error if it listens for %s itself, but not up to nodejs22.x', async (event, fails) => {
    const code = `let n = 0; process.on('${event}', () => {});
      export const handler = async () => { ${fails} await new Promise(setImmediate); return ++n; };`;
    const { invoke } = start({ code });
    expect([await invoke(), await invoke()]).toMatchObject([{ payload: 1 }, { payload: 2 }]);
    await expect(start({ code, runtime: 'nodejs22.x' }).invoke()).resolves.toMatchObject({ ok: false });
  });

  it.each([
    ['nodejs24.x', 'Runtime exited with error: exit status 1'],
    ['nodejs22.x', 'Runtime exited with error: exit status 129'],
  ])(
    'on %s that throws after the end of its event fails the next event, because it has exited',
    async (runtime, why) => {
      const { invoke, lines } = start({
        runtime,
        code: `export const handler = async () => { setImmediate(() => setImmediate(() => { throw new Error('late'); })); };`,
      });
      await expect(invoke()).resolves.toMatchObject({ ok: true });
      await expect(invoke()).resolves.toMatchObject({
        error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining(why) },
      });
      expect(lines()[0]).toMatch(/^Uncaught Exception \t\{"errorType":"Error","errorMessage":"late"/);
    },
  );

  it.each([
    ['nodejs24.x', 'Runtime exited without providing a reason'],
    ['nodejs22.x', 'Runtime exited with error: exit status 13'],
  ])('on %s exits while it loads if its top-level await never settles', async (runtime, why) => {
    const { invoke } = start({ runtime, code: 'await new Promise(() => {}); export const handler = async () => 1;' });
    await expect(invoke()).resolves.toMatchObject({
      error: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining(why) },
    });
  });

  it('up to nodejs22.x answers an error if the promise of its async handler never settles, and runs the next event', async () => {
    const { invoke } = start({
      runtime: 'nodejs22.x',
      code: 'let n = 0; export const handler = async ({ ends }) => ends ? ++n : new Promise(() => { n += 1; });',
    });
    await expect(invoke()).resolves.toMatchObject({ error: { errorType: 'Runtime.NodeJsExit' } });
    await expect(invoke({ ends: true })).resolves.toMatchObject({ payload: 2 });
  });

  it('answers an error and does not reject if it cannot be started or does not exist', async () => {
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
});
