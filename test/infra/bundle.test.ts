import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bundle, bundleSync } from '../../infra/bundle.ts';
import { findEntries } from '../../infra/bundling/find-entries.ts';
import type { Handlers } from '../../infra/bundling/handlers.ts';
import { broadcastRecord } from '../../schemas/broadcast-record.validator.ts';
import { sendMessage } from '../../schemas/send-message.validator.ts';
import { anApplication } from './an-application.ts';

const home = process.cwd();
const schemas = join(home, 'schemas');
const handler = 'export const handler = async () => ({ statusCode: 200 });';

/** Handlers in place of the framework's own, which take longer to bundle. */
const tiny = Object.fromEntries(
  ['connect', 'default', 'disconnect', 'fan-out'].map((name) => [`handlers/${name}.ts`, handler]),
);

/** Bundles in the folder of the application, as CDK does. */
const bundleIn = async (folder: string, ...globs: [string, ...string[]]): Promise<Handlers> => {
  process.chdir(folder);
  return bundle(...globs);
};
const bundled = async (handlers: Handlers, name: string) =>
  import(pathToFileURL(join(handlers.folder, `${name}.mjs`)).href);

afterEach(() => process.chdir(home));

describe('bundle', () => {
  it('names handlers after their files, and adds the framework’s own', async () => {
    const folder = await anApplication({ 'handlers/on-message.ts': handler, 'handlers/on-message.test.ts': '?' });
    const handlers = await bundleIn(folder, 'handlers/*.ts');
    expect(handlers.names).toEqual(['connect', 'default', 'disconnect', 'fan-out', 'on-message']);
    expect(handlers.entry('on-message')).toEqual({
      name: 'on-message',
      handler: 'on-message.handler',
      folder: join(folder, 'build/handlers'),
      isOfFramework: false,
    });
    expect(handlers.entry('connect').isOfFramework).toBe(true);
    await expect((await bundled(handlers, 'on-message')).handler()).resolves.toEqual({ statusCode: 200 });
  });

  it('prefers a file of the application to the framework’s handler of the same name', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/connect.ts': `export const handler = () => 'mine';` });
    const handlers = await bundleIn(folder, 'handlers/*.ts');
    const { handler: connect } = await bundled(handlers, 'connect');
    expect(connect()).toBe('mine');
    expect(handlers.entry('connect').isOfFramework).toBe(false);
  });

  it('has no code of channels without a handler channels, and says so at the first use', async () => {
    const route = `import { webSocketRoute } from ${JSON.stringify(join(home, 'middleware/web-socket-route.ts'))};
      export const handler = webSocketRoute({ channels: { definitions: {} } }).handler(() => {});`;
    const { folder } = await bundleIn(await anApplication({ ...tiny, 'handlers/x.ts': route }), 'handlers/*.ts');
    const files = await readdir(folder);
    const code = await Promise.all(
      files.filter((name) => name.endsWith('.mjs')).map((name) => readFile(join(folder, name), 'utf8')),
    );
    expect(code.filter((text) => text.includes('begins_with'))).toEqual([]);
    expect(code.filter((text) => text.includes('This bundle has no channels: add handlers/channels.ts'))).toHaveLength(
      1,
    );
  });

  it('has the framework’s channel-fan-out only beside a handler channels', async () => {
    const withChannels = await anApplication({ ...tiny, 'handlers/channels.ts': handler });
    const handlers = await bundleIn(withChannels, 'handlers/*.ts');
    expect(handlers.names).toContain('channel-fan-out');
    expect(handlers.entry('channel-fan-out').isOfFramework).toBe(true);
    process.chdir(home);
    expect((await findEntries(['handlers/*.ts'])).has('channel-fan-out')).toBe(false);
    expect(existsSync('handlers/channel-fan-out.ts')).toBe(true);
  });

  it('makes the same files from the same sources', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts': handler });
    const first = await bundleIn(folder, 'handlers/*.ts');
    const files = await readdir(first.folder);
    expect((await bundleIn(folder, 'handlers/*.ts')).folder).toBe(first.folder);
    expect(await readdir(first.folder)).toEqual(files);
  });

  it('removes files of the last synthesis', async () => {
    const folder = await anApplication({ ...tiny, 'build/handlers/y.mjs': '', 'build/handlers/y.mjs.map': '' });
    expect(await readdir((await bundleIn(folder, 'handlers/*.ts')).folder)).not.toContain('y.mjs');
  });

  it.each<[string, [string, ...string[]], [string, ...string[]]]>([
    ['that begin alike', ['handlers/x.ts', 'own/*.ts'], ['handlers/y.ts', 'own/*.ts']],
    ['that match a folder and its subfolder', ['own/*.ts', 'handlers/*.ts'], ['own/*.ts', 'handlers/more/*.ts']],
  ])('puts the handlers of globs %s in separate folders', async (_, one, other) => {
    const own = Object.fromEntries(Object.entries(tiny).map(([name, text]) => [name.replace('handlers', 'own'), text]));
    const names = ['handlers/x.ts', 'handlers/y.ts', 'handlers/more/z.ts'];
    const folder = await anApplication({ ...own, ...Object.fromEntries(names.map((name) => [name, handler])) });
    process.chdir(folder);
    const all = [await bundle(...one), ...(await Promise.all([bundle(...other), bundle(...one)]))];
    for (const handlers of all)
      for (const name of handlers.names) await expect((await bundled(handlers, name)).handler()).resolves.toBeDefined();
    expect(all[0]?.folder).not.toBe(all[1]?.folder);
  });

  it('keeps the handlers of a bundle when the same globs are bundled again with other sources', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts': `export const handler = () => 'first';` });
    const first = await bundleIn(folder, 'handlers/*.ts');
    await writeFile(join(folder, 'handlers/x.ts'), `export const handler = () => 'second';`);
    const second = await bundleIn(folder, 'handlers/*.ts');
    expect((await bundled(first, 'x')).handler()).toBe('first');
    expect((await bundled(second, 'x')).handler()).toBe('second');
  });

  it('may run in several processes at the same time', async () => {
    const cwd = await anApplication({ ...tiny, 'handlers/x.ts': handler });
    const source = `import { bundle, bundleSync } from ${JSON.stringify(join(home, 'infra/bundle.ts'))};
      const handlers = await bundle('handlers/*.ts');
      for (const name of handlers.names) handlers.entry(name);
      console.log(handlers.folder);`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source], { cwd });
    const folders = (await Promise.all([run(), run()])).map(({ stdout }) => stdout.trim());
    expect(folders).toEqual(Array(2).fill(join(cwd, 'build/handlers')));
  });

  it('names a glob that matches no handler', async () => {
    const folder = await anApplication({ ...tiny, 'lambda/x.test.ts': handler, 'lambda/x.validator.ts': '' });
    await expect(bundleIn(folder, 'lambda/*.ts')).rejects.toThrow(
      `bundle: "lambda/*.ts" matches no handler in ${folder}`,
    );
  });

  it('names the file or the folder that a glob matches instead of a handler', async () => {
    const folder = await anApplication({ ...tiny, 'lambda/x.tsx': handler });
    await expect(bundleIn(folder, 'lambda/*.tsx')).rejects.toThrow(
      `matches no handler in ${folder}. lambda/x.tsx is not a handler: expected a .ts, .js, .mts, .mjs, .cts or .cjs that is not a test or a validator`,
    );
    await expect(bundleIn(folder, 'handlers/*.ts', '!handlers/x.ts')).rejects.toThrow(
      `"!handlers/x.ts" matches no handler in ${folder}: a glob cannot exclude files. Write globs that match only your handlers`,
    );
  });

  it('refuses a folder, a list of globs and no globs, with an example', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts': handler });
    await expect(bundleIn(folder, 'handlers')).rejects.toThrow(
      `bundle: "handlers" matches no handler in ${folder}: it is a folder. Write "handlers/*.ts"`,
    );
    for (const [globs, got] of [
      [[['a/*.ts', 'b/*.ts']], '[["a/*.ts","b/*.ts"]]'],
      [[], '[]'],
      [[''], '[""]'],
      [[undefined], '[null]'],
    ] as [[string], string][])
      await expect(bundleIn(folder, ...globs)).rejects.toThrow(
        `bundle: expected globs, such as bundle('handlers/*.ts', 'more/*.ts'), got ${got}`,
      );
  });

  it('names a glob that only repeats matches of the globs before it', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts': handler });
    await expect(bundleIn(folder, 'handlers/*.ts', 'handlers/x.ts')).rejects.toThrow(
      'bundle: "handlers/x.ts" matches only handlers that the globs before it match: leave it out',
    );
  });

  it('skips installed packages unless a glob names them', async () => {
    const folder = await anApplication({ ...tiny, 'node_modules/more/handlers/x.ts': handler });
    expect((await bundleIn(folder, '**/*.ts')).names).not.toContain('x');
    expect((await bundleIn(folder, 'node_modules/more/handlers/*.ts')).names).toContain('x');
  });

  it('follows a link to a folder of handlers', async () => {
    const folder = await anApplication({
      ...tiny,
      'shared/x.ts': `export { handler } from './y.ts';`,
      'shared/y.ts': handler,
    });
    await symlink('shared', join(folder, 'linked'));
    const handlers = await bundleIn(folder, 'linked/*.ts', 'handlers/*.ts');
    expect(handlers.entry('x').handler).toBe('x.handler');
    await expect((await bundled(handlers, 'x')).handler()).resolves.toEqual({ statusCode: 200 });
  });

  it('does not take a folder for a handler', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts/index.ts': handler, 'lambda/x.ts/index.ts': handler });
    expect((await bundleIn(folder, 'handlers/*.ts')).names).not.toContain('x');
    await expect(bundleIn(folder, 'lambda/*.ts')).rejects.toThrow(
      `bundle: "lambda/*.ts" matches no handler in ${folder}. lambda/x.ts is a folder`,
    );
  });

  it('refuses two handlers whose names differ only in capitals, also if one is the framework’s', async () => {
    const folder = await anApplication({ ...tiny, 'a/X.ts': handler, 'b/x.ts': handler, 'c/Connect.ts': handler });
    const problem = 'differ only in capitals, which some file systems ignore';
    await expect(bundleIn(folder, 'a/*.ts', 'b/*.ts')).rejects.toThrow(
      `bundle: the names "X" and "x" ${problem}: "a/X.ts" and "b/x.ts". Rename one file`,
    );
    await expect(bundleIn(folder, 'c/*.ts')).rejects.toThrow(
      `bundle: the names "Connect" and "connect" ${problem}: "c/Connect.ts" and `,
    );
  });

  it('refuses two handlers with the same name', async () => {
    const folder = await anApplication({ 'a/x.ts': handler, 'b/x.ts': handler });
    await expect(bundleIn(folder, 'a/*.ts', 'b/*.ts')).rejects.toThrow(
      'bundle: two handlers are called "x": "a/x.ts" and "b/x.ts". Rename one file',
    );
  });

  it('names file and line of code that does not compile', async () => {
    const folder = await anApplication({ 'handlers/x.ts': 'export const handler =\n  = 1;' });
    await expect(bundleIn(folder, 'handlers/*.ts')).rejects.toThrow(/handlers\/x\.ts:2:2: ERROR: Unexpected "="/);
  });

  it('refuses an unknown handler and a file without a handler, by name', async () => {
    const folder = await anApplication({
      ...tiny,
      'handlers/x.ts': handler,
      'handlers/shared.ts': 'export const a = 1;',
    });
    const handlers = await bundleIn(folder, 'handlers/*.ts');
    expect(() => handlers.entry('y')).toThrow(
      'There is no handler "y". There are: connect, default, disconnect, fan-out, shared, x',
    );
    for (const name of ['handlers/x.ts', 'x.handler', './x'])
      expect(() => handlers.entry(name)).toThrow(`There is no handler "${name}". Write "x"`);
    expect(() => handlers.entry('shared')).toThrow(
      'handlers/shared.ts exports no "handler". Write: export const handler = …, as an ES module',
    );
  });

  it.each(['chat.send', 'größe', 'сообщение', 'on message', 'n'.repeat(121)])(
    'refuses the handler %s, whose name does not work on Lambda, and accepts the other handlers',
    async (name) => {
      const folder = await anApplication({ ...tiny, [`handlers/${name}.ts`]: handler, 'handlers/x.ts': handler });
      const handlers = await bundleIn(folder, 'handlers/*.ts');
      expect(() => handlers.entry(name)).toThrow(
        `handlers/${name}.ts has a name that does not work on Lambda: expected 1 to 120 ASCII letters, digits, "-" and "_"`,
      );
      expect(handlers.entry('x').handler).toBe('x.handler');
    },
  );

  it.each<[string, (file: string) => Promise<void>]>([
    ['removed', (file) => rm(file)],
    ['replaced', (file) => writeFile(file, 'another text')],
  ])('refuses a handler whose file was %s, by name', async (_, change) => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts': handler });
    const handlers = await bundleIn(folder, 'handlers/*.ts');
    await change(join(folder, 'build/handlers/x.mjs'));
    expect(() => handlers.entry('x')).toThrow(
      'build/handlers/x.mjs was removed or replaced after bundle wrote it. Call bundle right before the constructs, and let no other tool write to its folder',
    );
    expect(handlers.entry('connect').handler).toBe('connect.handler');
  });

  it('supports CommonJS that requires Node’s own modules', async () => {
    const folder = await anApplication({
      ...tiny,
      'handlers/x.ts': `import os from './os.cjs'; export const handler = () => os.EOL;`,
      'handlers/os.cjs': `module.exports = require('node:os');`,
    });
    const { handler: x } = await bundled(await bundleIn(folder, 'handlers/*.ts'), 'x');
    expect(x()).toBe('\n');
  });
});

describe('a bundled handler', () => {
  const bundleOne = async (source: string, more: Readonly<Record<string, string>> = {}) =>
    bundleIn(await anApplication({ ...tiny, 'handlers/x.ts': source, ...more }), 'handlers/*.ts');

  it('may import CommonJS that uses __dirname, and may declare __dirname and require itself', async () => {
    const handlers = await bundleOne(
      `import { dirname } from 'node:path';
      import { createRequire } from 'node:module';
      import place from './place.cjs';
      const __dirname = dirname(import.meta.filename);
      const require = createRequire(import.meta.url);
      export const handler = () => [place, __dirname, require('node:os').EOL];`,
      { 'handlers/place.cjs': 'module.exports = [__dirname, __filename.startsWith(__dirname)];' },
    );
    expect((await bundled(handlers, 'x')).handler()).toEqual([[handlers.folder, true], handlers.folder, '\n']);
  });

  it('creates no require in a file that needs none', async () => {
    const handlers = await bundleOne(`export const handler = () => 'done';`);
    expect(await readFile(join(handlers.folder, 'x.mjs'), 'utf8')).not.toContain('createRequire');
    expect((await bundled(handlers, 'x')).handler()).toBe('done');
  });

  it.each(['style.css', 'addon.node', 'page.html'])(
    'cannot import %s, and the error says which files it can import',
    async (file) => {
      const source = `import content from './${file}'; export const handler = () => content;`;
      await expect(bundleOne(source, { [`handlers/${file}`]: '' })).rejects.toThrow(
        `handlers/x.ts:1:20: ERROR: [plugin: refuse-other-files] handlers/${file} cannot be part of a bundle: copy the content that the function needs to a .ts, .js, .json or .txt, and import that`,
      );
    },
  );

  it('may have JSX if a runtime for it is installed', async () => {
    const source = `import page from './page.tsx'; export const handler = () => page();`;
    const page = { 'handlers/page.tsx': 'export default () => <b>hi</b>;' };
    await expect(bundleOne(source, page)).rejects.toThrow(
      /handlers\/page\.tsx:1:\d+: ERROR: Could not resolve "react\/jsx-runtime"/,
    );
    const react = { 'node_modules/react/jsx-runtime.js': 'export const jsx = (type, props) => [type, props];' };
    const handlers = await bundleOne(source, { ...page, ...react });
    expect((await bundled(handlers, 'x')).handler()).toEqual(['b', { children: 'hi' }]);
  });
});

describe('bundleSync', () => {
  const filesOf = async ({ folder }: Handlers) =>
    Promise.all((await readdir(folder)).sort().map(async (name) => [name, await readFile(join(folder, name), 'utf8')]));

  it('makes the same files as bundle, in a CommonJS application that has no await at its top level', async () => {
    const cwd = await anApplication({
      'package.json': '{"type":"commonjs"}',
      ...tiny,
      'handlers/x.ts': `import { sendMessage } from ${JSON.stringify(join(schemas, 'send-message.validator.ts'))};
        export const handler = async (event) => sendMessage(event);`,
      'app.js': `
        const { App, Stack } = require(${JSON.stringify(join(home, 'node_modules/aws-cdk-lib'))});
        const { bundleSync, FanOutApi } = require(${JSON.stringify(join(home, 'exports/infra.ts'))});
        const app = new App({ outdir: 'cdk.out', builtinCloudFormationValidation: false });
        const handlers = bundleSync('handlers/*.ts');
        new FanOutApi(new Stack(app, 'Chat'), 'Chat', { handlers }).addRoute('x');
        app.synth();
        console.log(JSON.stringify([handlers.folder, handlers.names, handlers.entry('x')]));`,
    });
    const { stdout } = await promisify(execFile)(process.execPath, ['app.js'], { cwd });
    const files = await filesOf({ folder: join(cwd, 'build/handlers') } as Handlers);
    await rm(join(cwd, 'build'), { recursive: true });
    const handlers = await bundleIn(cwd, 'handlers/*.ts');
    expect(JSON.parse(stdout)).toEqual([handlers.folder, handlers.names, handlers.entry('x')]);
    expect(files).toEqual(await filesOf(handlers));
    expect(await readFile(join(cwd, 'cdk.out/Chat.template.json'), 'utf8')).toContain('"x.handler"');
  }, 60_000);

  it('throws the same errors as bundle, with esbuild’s file and line', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts': 'export const handler =\n  = 1;' });
    const failure = await bundleIn(folder, 'handlers/*.ts').catch((error) => error);
    for (const globs of [['handlers/*.ts'], ['nothing/*.ts'], [undefined]] as [string][]) {
      const { message } = await bundle(...globs).catch((error) => error);
      expect(() => bundleSync(...globs)).toThrow(new Error(message));
    }
    let thrown: unknown;
    try {
      bundleSync('handlers/*.ts');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ errors: [{ text: 'Unexpected "="', location: { line: 2, column: 2 } }] });
    expect((thrown as typeof failure).errors).toEqual(failure.errors);
  });

  it('says how its child process ended if it gave no answer', async () => {
    const folder = await anApplication({
      ...tiny,
      'handlers/x.ts': `import { a } from './x.validator.ts'; export const handler = () => a;`,
      'handlers/x.validator.ts': 'process.exit(7);',
    });
    process.chdir(folder);
    expect(() => bundleSync('handlers/*.ts')).toThrow(
      new Error('bundleSync: the child process ended before it answered (exit code 7)'),
    );
  });

  it('keeps the handlers of earlier bundles of the same globs, also if bundle made them', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts': `export const handler = () => 1;` });
    const change = (to: number) => writeFile(join(folder, 'handlers/x.ts'), `export const handler = () => ${to};`);
    const all = [await bundleIn(folder, 'handlers/*.ts')];
    await change(2);
    all.push(bundleSync('handlers/*.ts'));
    await change(3);
    all.push(await bundle('handlers/*.ts'));
    const answers = all.map(async (handlers) => (await bundled(handlers, 'x')).handler());
    await expect(Promise.all(answers)).resolves.toEqual([1, 2, 3]);
  });

  it('lets a validator’s file print to standard output', async () => {
    const cwd = await anApplication({
      ...tiny,
      'handlers/x.ts': `import { a } from './x.validator.ts'; export const handler = () => a;`,
      'handlers/x.validator.ts': `
        import { compileValidator } from ${JSON.stringify(join(schemas, 'validation/compile-validator.ts'))};
        console.log('compiled');
        export const a = compileValidator({ type: 'object' });`,
    });
    const source = `import { bundleSync } from ${JSON.stringify(join(home, 'infra/bundle.ts'))};
      console.log(bundleSync('handlers/*.ts').names.join());`;
    const script = ['--input-type=module', '--eval', source];
    const { stdout } = await promisify(execFile)(process.execPath, script, { cwd });
    expect(stdout).toBe('compiled\nconnect,default,disconnect,fan-out,x\n');
  });
});

describe('a bundled validator', () => {
  const samples: unknown[] = [
    { action: 'send-message', message: 'hello' },
    { action: 'send-message', message: '👋'.repeat(30_000) },
    { action: 'send-message', message: 'a'.repeat(30_001) },
    { action: 'send-message', message: 5, more: true },
    { action: 'other', message: '' },
    { v: 1, data: 'text' },
    { v: 1, data: 'text', connections: { a: 1 }, cursor: 'b' },
    { v: 2, data: '', id: 7, connections: { a: -1 } },
    null,
    [],
    'text',
  ];
  let source: string;
  let judge: (data: unknown) => { sendMessage: unknown; broadcastRecord: unknown };

  beforeAll(async () => {
    const folder = await anApplication({
      ...tiny,
      'handlers/judge.ts': `
        import { sendMessage } from ${JSON.stringify(join(schemas, 'send-message.validator.ts'))};
        import { broadcastRecord } from ${JSON.stringify(join(schemas, 'broadcast-record.validator.ts'))};
        export const handler = (data) => ({
          sendMessage: sendMessage(data) || sendMessage.errors,
          broadcastRecord: broadcastRecord(data) || broadcastRecord.errors,
        });`,
    });
    const handlers = await bundleIn(folder, 'handlers/*.ts');
    source = await readFile(join(handlers.folder, 'judge.mjs'), 'utf8');
    judge = (await bundled(handlers, 'judge')).handler;
  });

  it.each(samples)('gives the same result as a validator compiled at run time: sample %#', (sample) => {
    expect(judge(sample)).toEqual({
      sendMessage: sendMessage(sample) || sendMessage.errors,
      broadcastRecord: broadcastRecord(sample) || broadcastRecord.errors,
    });
  });

  it('does not contain Ajv', () => {
    expect(source.length).toBeLessThan(20_000);
    expect(source).not.toContain('draft/2020-12');
  });

  it('is refused with the name of its file if its schema is invalid', async () => {
    const folder = await anApplication({
      'handlers/x.ts': `import { a } from './x.validator.ts'; export const handler = () => a;`,
      'handlers/x.validator.ts': `import { compileValidator } from '${join(import.meta.dirname, '../../schemas/validation/compile-validator.ts')}';
        export const a = compileValidator({ type: 'strin' });`,
    });
    await expect(bundleIn(folder, 'handlers/x.ts')).rejects.toThrow(
      /handlers\/x\.validator\.ts:1:0: ERROR: .*The schema is invalid at #\/type: it must be equal to one of the allowed values/,
    );
  });

  it('is refused if its file exports something else', async () => {
    const folder = await anApplication({
      'handlers/x.ts': `import { a } from './x.validator.ts'; export const handler = () => a;`,
      'handlers/x.validator.ts': 'export const a = 1;',
    });
    await expect(bundleIn(folder, 'handlers/x.ts')).rejects.toThrow(
      'x.validator.ts exports "a", which compileValidator did not make: move it to another file, and export each validator by its name',
    );
  });
});
