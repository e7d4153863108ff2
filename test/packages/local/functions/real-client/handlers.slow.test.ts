import { describe, expect, it } from '@jest/globals';
import { aFunction } from '../a-function.ts';
import { runLocally, runUnderClient } from './compare.ts';

interface Case extends NonNullable<Parameters<typeof aFunction>[0]> {
  events?: readonly unknown[];
}

const LATER = 'await new Promise((resolve) => setTimeout(resolve, 30));';
const OK = 'export const handler = async () => 1;';
const CJS = 'exports.handler = async () => 1;';
const throws = (value: string): Case => ({ code: `export const handler = async () => { throw ${value}; };` });
const returns = (value: string): Case => ({ code: `export const handler = async () => ${value};` });
const REQUIRES_ESM = {
  'index.js': 'exports.handler = async () => require("./es.mjs").x;',
  'es.mjs': 'export const x = 7;',
};

/** Functions by what they do. A case has two events if the second one shows whether the instance still runs. */
const CASES: Readonly<Record<string, Case>> = {
  'counts its events': {
    code: 'let n = 0; export const handler = async ({ x }) => ({ x, n: ++n });',
    events: [{ x: 1 }, { x: 'é😀\u0000' }],
  },
  'throws an error': throws('new RangeError("no")'),
  'throws an error with properties of its own': throws(
    `Object.assign(new TypeError('x'), { code: 'E', lot: 1, inner: new Error('why') })`,
  ),
  'throws an error that refers to itself': {
    code: `export const handler = async () => { const e = new Error('a'); e.self = e; throw e; };`,
  },
  'throws an error without a name': throws(`Object.assign(new Error('x'), { name: undefined })`),
  'throws an error without a stack': throws(`Object.assign(new Error('x'), { stack: undefined })`),
  'throws an error with a DEL in it': throws(`new Error('a\\x7fb')`),
  'throws an AbortError': { code: 'export const handler = async () => AbortSignal.abort().throwIfAborted();' },
  'throws a text': throws('"no"'),
  'throws undefined': throws('undefined'),
  'throws an object with a name and a message': throws(`{ name: 'L', message: 'no' }`),
  'throws an object that looks like an error': throws(`{ name: 'L', message: 'no', stack: 'at x' }`),
  'throws an object that cannot be converted to text': throws('Object.create(null)'),
  'throws synchronously': { code: 'export const handler = () => { throw new Error("s"); };' },
  'returns nothing': returns('undefined'),
  'returns values that JSON omits': returns('({ d: new Date(0), m: new Map([[1, 2]]), u: undefined, n: NaN })'),
  'returns a function': returns('() => 1'),
  'returns a symbol': returns('Symbol("x")'),
  'returns a bigint': returns('10n'),
  'returns a thenable': { code: 'export const handler = () => ({ then: (resolve) => resolve(7) });' },
  'is a function that uses this': {
    code: 'export const handler = async function () { return [typeof this, arguments.length > 1]; };',
  },
  'calls back': {
    code: 'export const handler = (event, context, callback) => { setTimeout(() => callback(null, 5), 20); };',
  },
  'calls back with an error': {
    code: 'export const handler = (event, context, callback) => callback(new Error("cb"));',
  },
  'calls back with a text as the error': {
    code: 'export const handler = (event, context, callback) => callback("cb");',
  },
  'exits with status 3': { code: 'export const handler = async () => process.exit(3);', events: [1, 2] },
  'exits without a status': { code: 'export const handler = async () => process.exit();' },
  'exits while it loads': { code: 'process.exit(4);' },
  'ends itself by a signal': {
    code: `export const handler = async () => { process.kill(process.pid, 'SIGKILL'); ${LATER} };`,
    events: [1, 2],
  },
  aborts: { code: 'export const handler = async () => process.abort();' },
  'returns a promise that never settles': {
    code: 'export const handler = () => new Promise(() => {});',
    events: [1, 2],
  },
  'has a top-level await that never settles': { code: `await new Promise(() => {}); ${OK}` },
  'has a top-level await': { code: `${LATER} ${OK}` },
  'throws while it loads': { code: 'throw new TypeError("at start");' },
  'throws a text while it loads': { code: 'throw "at start";' },
  'listens for unhandled rejections': {
    code: `process.on('unhandledRejection', () => {}); export const handler = async () => { Promise.reject(new Error('x')); ${LATER} return 'ok'; };`,
    events: [1, 2],
  },
  'listens for uncaught exceptions': {
    code: `process.on('uncaughtException', () => {}); export const handler = async () => { setTimeout(() => { throw new Error('late'); }); ${LATER} return 1; };`,
    events: [1, 2],
  },
  'is in a folder': { handler: 'sub/h.handler', files: { 'sub/h.mjs': OK } },
  'is in a folder that begins with a dot': { handler: './sub/h.handler', files: { 'sub/h.mjs': OK } },
  'is in an absolute folder': { handler: '/sub/h.handler', files: { 'sub/h.mjs': OK } },
  'is an .mjs beside a folder': { handler: 'x.handler', files: { 'x/a.txt': '', 'x.mjs': OK } },
  'is a .js beside a folder': { handler: 'x.handler', files: { 'x/a.txt': '', 'x.js': CJS } },
  'is the index of a folder': { handler: 'x.handler', files: { 'x/index.js': CJS } },
  'is an .mjs with an escape in its name': { handler: 'a%20b.handler', files: { 'a%20b.mjs': OK } },
  'is a .js with an escape in its name': { handler: 'a%20b.handler', files: { 'a%20b.js': CJS } },
  'is in a folder with an escape in its name': { handler: 'd%20/b.handler', files: { 'd%20/b.mjs': OK } },
  'has a % in its name': { handler: '100%.handler', files: { '100%.mjs': OK } },
  'has a ? in its name': { handler: 'a?b.handler', files: { 'a?b.mjs': OK } },
  'has a # in its name': { handler: 'a#b.handler', files: { 'a#b.mjs': OK } },
  'has a space in its name': { handler: 'a b.handler', files: { 'a b.mjs': OK } },
  'has .. in its name': { handler: '../x.handler', files: { 'x.mjs': OK } },
  'has no dot in its name': { handler: 'handler', files: { 'handler.mjs': OK } },
  'has a dot in the name of its file': { handler: 'chat.send.handler', files: { 'chat.send.mjs': OK } },
  'has no file': { handler: 'nope.handler' },
  'is JSON': { handler: 'x.handler', files: { 'x.json': '{"handler":1}' } },
  'is a package of its code': { handler: 'pkg.handler', files: { 'node_modules/pkg/index.js': CJS } },
  'is a file without an extension': { handler: 'x.handler', files: { x: CJS } },
  'is a .js and an .mjs': {
    handler: 'x.handler',
    files: { 'x.js': CJS, 'x.mjs': 'export const handler = async () => "mjs";' },
  },
  'is a nested export': { handler: 'index.routes.connect', code: 'export const routes = { connect: async () => 7 };' },
  'is a property of a function': {
    handler: 'index.f.g',
    files: { 'index.js': 'exports.f = () => 1; exports.f.g = async () => 2;' },
  },
  'is in the default export': { code: 'export default { handler: async () => 3 };' },
  'is in a default export of CommonJS': { files: { 'index.js': 'exports.default = { handler: async () => 4 };' } },
  'is 0': { code: 'export const handler = 0;' },
  'is 1': { code: 'export const handler = 1;' },
  'is not exported': { code: 'export const other = 1;' },
  'requires a package that is missing': { files: { 'index.js': 'require("left-pad");' } },
  'imports a package that is missing': { code: 'import "left-pad";' },
  'imports a package that is missing when it runs': { code: 'export const handler = async () => import("left-pad");' },
  'requires a file that is missing': { files: { 'index.js': 'require("./no");' } },
  'imports a file that is missing': { code: 'import "./no.mjs";' },
  'requires an ES module': { files: REQUIRES_ESM },
  'requires an ES module, with a flag in NODE_OPTIONS': {
    files: REQUIRES_ESM,
    environment: { NODE_OPTIONS: '--experimental-require-module' },
  },
  'exports from a plain .js, with both flags in NODE_OPTIONS': {
    files: { 'index.js': 'export const handler = async () => 7;' },
    environment: { NODE_OPTIONS: '--experimental-require-module --experimental-detect-module' },
  },
  'exports from a .js of type module': { files: { 'package.json': '{"type":"module"}', 'index.js': OK } },
  'is CommonJS of type module': { files: { 'package.json': '{"type":"module"}', 'index.js': CJS } },
  'looks for require in an ES module': {
    code: 'export const handler = async () => [typeof require, typeof module, typeof __filename];',
  },
  logs: {
    code: `export const handler = async () => {
      console.log('a %s', 'b', { x: 1 }, [1, 'x', null]); console.info('i'); console.warn('w'); console.error('e');
      console.debug('d'); console.trace('t'); console.fatal('f'); console.log('two\\nlines'); console.log();
      console.log(undefined, null, 5); console.table([1]); console.dir({ a: 1 }); console.assert(false, 'as');
      console.group('g'); console.log('in'); console.groupEnd(); console.log(new Map([[1, { a: { b: { c: 1 } } }]]));
      process.stdout.write('raw\\n'); process.stderr.write('raw too\\n'); };`,
  },
  'returns its context': {
    code: `export const handler = async (event, context) => ({ ...context, keys: Object.keys(context).sort(),
      awsRequestId: 0, logStreamName: 0, xRayTraceId: 0, left: typeof context.getRemainingTimeInMillis() });`,
  },
};

/**
 * Functions whose error differs in the local run. `here` is its error type there. packages/local/README.md has the
 * reasons.
 */
const DIFFERENT: Readonly<Record<string, Case & { here: string }>> = {
  'does not await a rejected promise': {
    code: `export const handler = async () => { Promise.reject(new Error('x')); return 'ok'; };`,
    here: 'Runtime.UnhandledPromiseRejection',
  },
  'does not await a rejected promise and runs longer': {
    code: `export const handler = async () => { Promise.reject(new Error('x')); ${LATER} };`,
    here: 'Runtime.UnhandledPromiseRejection',
  },
  'throws in a timer': {
    code: `export const handler = async () => { setTimeout(() => { throw new RangeError('late'); }); ${LATER} };`,
    here: 'RangeError',
  },
};

/** Up to nodejs22.x the local run logs the place of a syntax error. Client 3 does not. */
const SYNTAX: Readonly<Record<string, Case>> = {
  'is incomplete': { code: 'export const handler = (' },
  'imports a name that is not exported': { code: 'import { nope } from "node:fs";' },
  'exports from a plain .js': { files: { 'index.js': 'export const handler = async () => 7;' } },
  'exports from a plain .js, with one of the flags in NODE_OPTIONS': {
    files: { 'index.js': 'export const handler = async () => 7;' },
    environment: { NODE_OPTIONS: '--experimental-detect-module' },
  },
};

const compare = async ({ events = [{}], ...definition }: Case, runtime: string) => {
  const lambda = aFunction({ runtime, ...definition });
  return { here: await runLocally(lambda, events), there: await runUnderClient(lambda, events) };
};

describe.each(['nodejs24.x', 'nodejs22.x'])("in the local run and under AWS's client, a function on %s", (runtime) => {
  it.each(Object.keys(CASES))('that %s has the same result', async (name) => {
    const { here, there } = await compare(CASES[name] as Case, runtime);
    expect(here).toEqual(there);
  });

  it.each(Object.keys(SYNTAX))('that %s has the same answer', async (name) => {
    const { here, there } = await compare(SYNTAX[name] as Case, runtime);
    expect(here.map(({ answer }) => answer)).toEqual(there.map(({ answer }) => answer));
  });
});

describe("in the local run and under AWS's client 4", () => {
  it.each(Object.keys(DIFFERENT))('a function that %s fails, and only the local run names the error', async (name) => {
    const { here: errorType, ...definition } = DIFFERENT[name] as Case & { here: string };
    const { here, there } = await compare({ events: [1, 2], ...definition }, 'nodejs24.x');
    expect(there.map(({ answer }) => answer)).toEqual([exitedWith(1), exitedWith(1)]);
    expect(here.map(({ answer }) => answer)).toEqual(
      [1, 2].map(() => ({ errorType, errorMessage: expect.any(String) })),
    );
  });
});

describe("in the local run and under AWS's client 3", () => {
  it.each(Object.keys(DIFFERENT))('a function that %s has the same result', async (name) => {
    const { here: _, ...definition } = DIFFERENT[name] as Case & { here: string };
    const { here, there } = await compare({ events: [1, 2], ...definition }, 'nodejs22.x');
    expect(here).toEqual(there);
  });
});

const exitedWith = (status: number) => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: REQUEST_ID Error: Runtime exited with error: exit status ${status}`,
});
