import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { aFolder } from '../infra/a-folder.ts';
import { installPackages, type Packed } from './install-packages.ts';

/** Most that packing and installing may take: on a quiet machine a minute. */
const INSTALL_MS = 600_000;
const RUN_MS = 120_000;
const home = process.cwd();
const run = promisify(execFile);

/** Somebody's application: a route of its own, its schema, a stack, and two tests. */
const APPLICATION = {
  'package.json': JSON.stringify({ name: 'shouting', private: true, type: 'module' }),
  'handlers/shout.ts': `
    import { webSocketRoute } from 'middy-fanout';
    import { shout } from './shout.validator.ts';
    import 'middy-fanout/preload/queue';
    export const handler = webSocketRoute(shout).handler(async (event, { broadcast }) => {
      await broadcast(event.body.text.toUpperCase(), { except: event.requestContext.connectionId });
    });`,
  'handlers/shout.validator.ts': `
    import { compileValidator } from 'middy-fanout/schemas';
    export const shout = compileValidator({
      type: 'object',
      additionalProperties: false,
      required: ['action', 'text'],
      properties: { action: { const: 'shout' }, text: { type: 'string', maxLength: 100 } },
    });`,
  'app.ts': `
    import { App, Stack } from 'aws-cdk-lib';
    import { bundle, FanOutApi } from 'middy-fanout/infra';
    const app = new App({ outdir: 'cdk.out', builtinCloudFormationValidation: false });
    const chat = new FanOutApi(new Stack(app, 'Shouting'), 'Chat', { handlers: await bundle('handlers/*.ts') });
    chat.addRoute('shout', { can: ['broadcast'] });
    app.synth();`,
  'app.cjs': `
    const { App, Stack } = require('aws-cdk-lib');
    const { bundleSync, FanOutApi } = require('middy-fanout/infra');
    const app = new App({ outdir: 'cdk.commonjs', builtinCloudFormationValidation: false });
    const chat = new FanOutApi(new Stack(app, 'Shouting'), 'Chat', { handlers: bundleSync('handlers/*.ts') });
    chat.addRoute('shout', { can: ['broadcast'] });
    app.synth();`,
  'route.test.ts': `
    import { aContext, aMessageEvent, fakeServices } from 'middy-fanout/testing';
    import { handler } from './handlers/shout.ts';
    const services = fakeServices();
    await handler(aMessageEvent({ body: '{"action":"shout","text":"hello"}' }), aContext({ services }));
    console.log(JSON.stringify(services.queue.sent.map(({ data }) => data)));`,
  'stack.test.ts': `
    import { startLocal } from 'middy-fanout-local';
    const local = await startLocal({ cdkOut: 'cdk.out' });
    const open = () => new Promise<WebSocket>((opened, failed) => {
      const socket = new WebSocket(local.ready.apis[0]?.webSocketUrl ?? '');
      socket.onopen = () => opened(socket);
      socket.onerror = failed;
    });
    const [one, other] = [await open(), await open()];
    const next = (socket: WebSocket) =>
      new Promise((heard) => socket.addEventListener('message', ({ data }) => heard(data), { once: true }));
    const heard = next(other);
    one.send('{"action":"shout","text":"hello"}');
    console.log(await heard);
    const refused = next(one);
    one.send('{"action":"shout","text":5}');
    console.log(await refused);
    one.close();
    other.close();
    await local.stop();`,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024', 'dom'],
      module: 'nodenext',
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      typeRoots: [join(home, 'node_modules/@types')],
      types: ['node'],
    },
    include: ['**/*.ts'],
  }),
};

let folder: string;
let packed: readonly Packed[];

const write = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
};
const node = async (...args: string[]): Promise<string[]> =>
  (await run(process.execPath, args, { cwd: folder })).stdout.trim().split('\n');

/** The code of a bundled file, with all that it imports at start. */
const loadedWith = async (file: string, seen = new Set<string>()): Promise<string> => {
  if (seen.has(file)) return '';
  seen.add(file);
  const code = await readFile(join(folder, 'build/handlers', file), 'utf8');
  const imported = [...code.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)].map(([, name = '']) => name);
  const parts: string[] = [];
  for (const name of imported) parts.push(await loadedWith(name, seen));
  return [code, ...parts].join('\n');
};

/** `@middy/core` of `@middy/core/executionModeStandard`. */
const packageOf = (from: string): string => from.split('/', from.startsWith('@') ? 2 : 1).join('/');

beforeAll(async () => {
  folder = aFolder();
  for (const [file, text] of Object.entries(APPLICATION)) await write(file, text);
  packed = await installPackages(folder);
}, INSTALL_MS);

describe('the packed and installed packages', () => {
  it('has JavaScript with declarations, and no source, test or path of the machine that packed it', async () => {
    for (const { name, files } of packed) {
      const others = files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'));
      const pages = name === 'middy-fanout' ? ['CHANGELOG.md'] : [];
      expect(others.sort()).toEqual([...pages, 'LICENSE', 'README.md', 'package.json']);
      const isServing = files.some(({ path }) => path === 'dist/packages/local/console/index.html');
      expect(isServing).toBe(name === 'middy-fanout-local');
      for (const { path } of files) {
        expect(path).not.toMatch(/(?<!\.d)\.ts$|\.test\./);
        expect((await readFile(join(folder, 'node_modules', name, path), 'utf8')).includes(home)).toBe(false);
      }
    }
  });

  it('has declarations that import nothing but what it depends on', async () => {
    for (const { name, files } of packed) {
      const installed = join(folder, 'node_modules', name);
      const { dependencies, peerDependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
      // Middy's own declarations compile with skipLibCheck alone.
      const { '@middy/core': _, ...named } = { ...dependencies, ...peerDependencies };
      for (const { path } of files.filter((file) => file.path.endsWith('.d.ts'))) {
        const code = (await readFile(join(installed, path), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\//g, '');
        const imported = [...code.matchAll(/\b(?:from|import)\s*\(?\s*'([^.'][^']*)'/g)].map(([, from = '']) => from);
        const packages = imported.filter((from) => !from.startsWith('node:')).map(packageOf);
        expect(
          packages.filter((one) => !(one in named || `@types/${one}` in named)).map((one) => `${path}: ${one}`),
        ).toEqual([]);
      }
    }
  });

  it(
    'is typed for an application that imports it',
    async () => {
      await expect(run('tsc', ['-p', folder], { cwd: home })).resolves.toMatchObject({ stdout: '' });
      await write(
        'wrong.ts',
        `${APPLICATION['handlers/shout.ts'].replace("'./", "'./handlers/")}`.replace('.text', '.txt'),
      );
      await expect(run('tsc', ['-p', folder], { cwd: home })).rejects.toMatchObject({
        stdout: expect.stringMatching(/wrong\.ts.*Property 'txt' does not exist/),
      });
    },
    RUN_MS,
  );

  it(
    'bundles an application’s handlers with its own, and synthesizes the stack',
    async () => {
      await node('app.ts');
      const { Resources } = JSON.parse(await readFile(join(folder, 'cdk.out/Shouting.template.json'), 'utf8'));
      const functions = Object.values(Resources as Record<string, { Type: string; Properties: { Handler: string } }>)
        .filter(({ Type }) => Type === 'AWS::Lambda::Function')
        .map(({ Properties }) => Properties.Handler);
      expect(functions.sort()).toEqual(
        ['connect', 'default', 'disconnect', 'fan-out', 'shout'].map((name) => `${name}.handler`),
      );
      const shout = await readFile(join(folder, 'build/handlers/shout.mjs'), 'utf8');
      expect(shout).toContain('maxLength');
      expect(shout).not.toContain('draft/2020-12'); // Ajv
      // The queue is loaded with the function, by its preload, and the table is not.
      expect(await loadedWith('shout.mjs')).toContain('SendMessage');
      expect(await loadedWith('shout.mjs')).not.toContain('BatchWriteItem');
    },
    RUN_MS,
  );

  it(
    'synthesizes the same stack for an application in CommonJS',
    async () => {
      await node('app.ts');
      await node('app.cjs');
      const template = (output: string) => readFile(join(folder, output, 'Shouting.template.json'), 'utf8');
      expect(await template('cdk.commonjs')).toBe(await template('cdk.out'));
    },
    RUN_MS,
  );

  it(
    'tests a route without a network',
    async () => {
      expect(await node('route.test.ts')).toEqual(['["HELLO"]']);
    },
    RUN_MS,
  );

  it(
    'runs the synthesized stack',
    async () => {
      await node('app.ts');
      const [heard, refused = ''] = await node('stack.test.ts');
      expect(heard).toBe('HELLO');
      expect(JSON.parse(refused)).toMatchObject({ code: 'MESSAGE_INVALID', errors: [{ path: '/text', rule: 'type' }] });
    },
    RUN_MS,
  );

  it(
    'has a bin that names its commands',
    async () => {
      const bin = join(folder, 'node_modules/.bin/middy-fanout');
      expect((await run(bin, ['--help'], { cwd: folder })).stdout).toMatch(/^ {2}local .*\n {2}load /m);
      expect((await run(bin, ['local', '--help'], { cwd: folder })).stdout).toContain('--cdk-out DIR');
      await expect(run(bin, ['nonsense'], { cwd: folder })).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^Unknown command "nonsense"\. Commands: .*\blocal, .*\n$/),
      });
    },
    RUN_MS,
  );
});
