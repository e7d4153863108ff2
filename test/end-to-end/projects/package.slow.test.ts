import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { aFolder } from '../../infra/a-folder.ts';
import { installPackages, type Packed } from '../install-packages.ts';

/** Most that packing and installing may take: on a quiet machine a minute. */
const INSTALL_MS = 600_000;
const RUN_MS = 120_000;
/** Programs that check a package. */
const [PUBLINT, ATTW] = ['publint@0.3.25', '@arethetypeswrong/cli@0.18.5'];
/** A third of what an install brought when the framework was one package with the local run and the load test. */
const MOST_PACKAGES = 51;
const home = process.cwd();
const { peerDependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
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
  'handlers/allow.ts': `
    export const handler = async ({ methodArn }: { methodArn: string }) => ({
      principalId: 'me',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
      },
    });`,
  // All that the construct can make.
  'options.cjs': `
    const { App, Duration, RemovalPolicy, Stack } = require('aws-cdk-lib');
    const { Vpc } = require('aws-cdk-lib/aws-ec2');
    const { Function: LambdaFunction, Runtime, Code, Tracing } = require('aws-cdk-lib/aws-lambda');
    const { RetentionDays } = require('aws-cdk-lib/aws-logs');
    const { Topic } = require('aws-cdk-lib/aws-sns');
    const { bundleSync, FanOutApi } = require('middy-fanout/infra');
    const app = new App({ outdir: 'cdk.options', builtinCloudFormationValidation: false });
    const stack = new Stack(app, 'Shouting');
    const attributes = { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'] };
    const chat = new FanOutApi(stack, 'Chat', {
      handlers: bundleSync('handlers/*.ts'),
      ...{ stageName: 'dev', keyAttribute: 'id', accessLogs: true, throttle: { rateLimit: 100, burstLimit: 50 } },
      ...{ timeout: Duration.seconds(29), memorySize: 1024, tracing: Tracing.ACTIVE },
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', attributes),
      ...{ logRetention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.RETAIN },
      fanOut: { timeout: Duration.seconds(45), target: Duration.seconds(2), maxConcurrency: 3 },
      alarms: { notify: new Topic(stack, 'Topic') },
      connect: { authorizer: { handler: 'allow', identitySource: ['route.request.querystring.token'] } },
      disconnect: { mock: {} },
      default: { can: ['broadcast', 'inspect'] },
    });
    chat.addRoute('shout', { can: ['broadcast', 'keep', 'inspect', 'disconnect'], environment: { LOUD: 'yes' } });
    chat.addRoute('ping', { mock: { reply: 'pong' } });
    const code = Code.fromInline('exports.handler = async () => {}');
    chat.grantBroadcast(
      new LambdaFunction(stack, 'Other', { runtime: Runtime.NODEJS_18_X, handler: 'index.handler', code }),
    );
    app.synth();`,
  // An error of the ES modules in a route of CommonJS, and the other way round.
  'client-error.mjs': `
    import { createRequire } from 'node:module';
    import * as esm from 'middy-fanout';
    import { aContext, aMessageEvent, fakeServices } from 'middy-fanout/testing';
    const commonjs = createRequire(import.meta.url)('middy-fanout');
    for (const [{ ClientError }, { webSocketRoute }] of [[esm, commonjs], [commonjs, esm]]) {
      const services = fakeServices();
      const error = new ClientError('ROOM_FULL', { message: 'The room is full' });
      const route = webSocketRoute().handler(() => { throw error; });
      await route(aMessageEvent({ body: 'x' }), aContext({ services }));
      console.log(esm.ClientError === commonjs.ClientError, services.poster.posted[0].data);
    }`,
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

const write = async (file: string, text: string, into = folder): Promise<void> => {
  await mkdir(dirname(join(into, file)), { recursive: true });
  await writeFile(join(into, file), text);
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

/** From the registry, without what npm runs this test with. Without colors: publint has them if `CI` is set. */
const npx = async (name: string, ...args: string[]): Promise<string> => {
  const { FORCE_COLOR: _, ...env } = process.env;
  const options = { cwd: folder, env: { ...env, NO_COLOR: '1' } };
  return (await run('npx', ['--yes', '--prefer-offline', name, ...args], options)).stdout;
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

  describe('with the oldest CDK that it works with', () => {
    let oldest: string;

    beforeAll(async () => {
      oldest = aFolder();
      for (const [file, text] of Object.entries(APPLICATION)) await write(file, text, oldest);
      const peers = ['aws-cdk-lib', 'constructs'].map((name) => `${name}@${peerDependencies[name].replace('^', '')}`);
      const [framework] = packed.map(({ filename }) => join(folder, filename));
      const options = ['--prefer-offline', '--no-audit', '--no-fund'];
      await run('npm', ['install', ...options, `${framework}`, ...peers, `esbuild@${devDependencies.esbuild}`], {
        cwd: oldest,
      });
    }, INSTALL_MS);

    it.each(['app.ts', 'app.cjs', 'options.cjs'])(
      'synthesizes the same stack of %s as with the newest',
      async (program) => {
        const cdkIn = async (from: string) =>
          JSON.parse(await readFile(join(from, 'node_modules/aws-cdk-lib/package.json'), 'utf8')).version;
        expect(await Promise.all([cdkIn(oldest), cdkIn(folder)])).toEqual(['2.112.0', devDependencies['aws-cdk-lib']]);
        const output = { 'app.ts': 'cdk.out', 'app.cjs': 'cdk.commonjs' }[program] ?? 'cdk.options';
        const template = async (from: string) => {
          await run(process.execPath, [program], { cwd: from });
          return JSON.parse(await readFile(join(from, output, 'Shouting.template.json'), 'utf8'));
        };
        expect(await template(oldest)).toEqual(await template(folder));
      },
      RUN_MS,
    );
  });

  it(
    'recognizes an error of its other module system',
    async () => {
      const lines = await node('client-error.mjs');
      expect(lines).toEqual([
        expect.stringMatching(/^false .*"code":"ROOM_FULL"/),
        expect.stringMatching(/^false .*"code":"ROOM_FULL"/),
      ]);
    },
    RUN_MS,
  );

  it(
    'has no problem that publint or arethetypeswrong knows',
    async () => {
      for (const { name, filename } of packed) {
        const file = join(folder, filename);
        expect((await npx(PUBLINT, 'run', file, '--strict')).trim().split('\n').at(-1)).toBe('All good!');
        // Only the bin of middy-fanout imports `./command`, and only `node --require` loads `./check-node`.
        const internal = ['--exclude-entrypoints', name === 'middy-fanout' ? './check-node' : './command'];
        const judged = await npx(ATTW, file, '--no-emoji', '--format', 'table-flipped', ...internal);
        expect(judged).toMatch(/No problems found/);
      }
    },
    INSTALL_MS,
  );

  it(
    'is small: the framework alone brings neither the local run nor the load test',
    async () => {
      const alone = aFolder();
      const [framework] = packed.map(({ filename }) => join(folder, filename));
      await writeFile(join(alone, 'package.json'), '{}');
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `${framework}`], { cwd: alone });
      const { packages } = JSON.parse(await readFile(join(alone, 'package-lock.json'), 'utf8'));
      expect(Object.keys(packages).filter((path) => path !== '').length).toBeLessThanOrEqual(MOST_PACKAGES);
      expect(Object.values(packages as object).filter(({ hasInstallScript }) => hasInstallScript)).toEqual([]);
    },
    INSTALL_MS,
  );

  it(
    'says on an old Node what it needs, and shows its help',
    async () => {
      const other = aFolder();
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--prefix', other, 'node@20.20.2']);
      await write('app.mjs', APPLICATION['app.ts']);
      await write(
        'local.mjs',
        "import { startLocal } from 'middy-fanout-local';\nawait startLocal({ cdkOut: 'cdk.out' });",
      );
      const onOldNode = (...args: string[]) => run(join(other, 'node_modules/.bin/node'), args, { cwd: folder });
      const sentence = 'Node 22.22 or newer, got 20.20.2. Install Node 24: "nvm install 24", or https://nodejs.org';
      for (const name of ['middy-fanout', 'middy-fanout-local', 'middy-fanout-load']) {
        const bin = `node_modules/.bin/${name}`;
        expect((await onOldNode(bin, '--help')).stdout).toMatch(new RegExp(`^${name} `));
        await expect(onOldNode(bin, 'local')).rejects.toMatchObject({
          code: 1,
          stderr: `middy-fanout needs ${sentence}.\n`,
        });
      }
      // As an application runs that `init` makes: without the check, an old Node says only that it cannot read TypeScript.
      await expect(onOldNode('--require', 'middy-fanout/check-node', 'app.ts')).rejects.toMatchObject({
        code: 1,
        stderr: `middy-fanout needs ${sentence}.\n`,
      });
      for (const [program, name] of [
        ['app.cjs', 'bundleSync'],
        ['app.mjs', 'bundle'],
        ['local.mjs', 'startLocal'],
      ])
        await expect(onOldNode(`${program}`)).rejects.toMatchObject({
          stderr: expect.stringContaining(`\nError: ${name}: expected ${sentence}\n`),
        });
    },
    INSTALL_MS,
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
    'makes a new application with the feature flags that cdk init writes',
    async () => {
      const [made, generated] = [aFolder(), aFolder()];
      await run(join(folder, 'node_modules/.bin/middy-fanout'), ['init'], { cwd: made });
      const cdk = [join(home, 'node_modules/aws-cdk/bin/cdk'), 'init', 'app', '--language=typescript'];
      await run(process.execPath, [...cdk, '--generate-only'], { cwd: generated });
      const flagsIn = async (from: string) => JSON.parse(await readFile(join(from, 'cdk.json'), 'utf8')).context;
      expect(Object.keys(await flagsIn(made)).length).toBeGreaterThan(0);
      expect(await flagsIn(made)).toEqual(await flagsIn(generated));
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
