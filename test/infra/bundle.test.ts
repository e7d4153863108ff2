import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bundle } from '../../infra/bundle.ts';
import type { Handlers } from '../../infra/bundling/handlers.ts';
import { broadcastRecord } from '../../schemas/broadcast-record.validator.ts';
import { sendMessage } from '../../schemas/send-message.validator.ts';
import { anApplication } from './an-application.ts';

const home = process.cwd();
const schemas = join(home, 'schemas');
const handler = 'export const handler = async () => ({ statusCode: 200 });';

/** Instead of the framework's own, which take longer to bundle. */
const tiny = Object.fromEntries(
  ['connect', 'default', 'disconnect', 'fan-out'].map((name) => [`handlers/${name}.ts`, handler]),
);

/** As CDK runs an application: in its own folder. */
const bundleIn = async (folder: string, ...globs: [string, ...string[]]): Promise<Handlers> => {
  process.chdir(folder);
  return bundle(...globs);
};
const bundled = async (handlers: Handlers, name: string) =>
  import(pathToFileURL(join(handlers.folder, `${name}.mjs`)).href);

afterEach(() => process.chdir(home));

describe('bundle', () => {
  it('calls handlers as their files are, and puts the framework’s own beside them', async () => {
    const folder = await anApplication({ 'handlers/on-message.ts': handler, 'handlers/on-message.test.ts': '?' });
    const handlers = await bundleIn(folder, 'handlers/*.ts');
    expect(handlers.names).toEqual(['connect', 'default', 'disconnect', 'fan-out', 'on-message']);
    expect(handlers.entry('on-message')).toEqual({
      name: 'on-message',
      handler: 'on-message.handler',
      folder: join(folder, 'build/handlers'),
    });
    await expect((await bundled(handlers, 'on-message')).handler()).resolves.toEqual({ statusCode: 200 });
  });

  it('prefers a file of the application to the framework’s of that name', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/connect.ts': `export const handler = () => 'mine';` });
    const { handler: connect } = await bundled(await bundleIn(folder, 'handlers/*.ts'), 'connect');
    expect(connect()).toBe('mine');
  });

  it('makes the same files of the same sources, and leaves none of earlier ones', async () => {
    const folder = await anApplication({ ...tiny, 'handlers/x.ts': handler, 'handlers/y.ts': handler });
    const { folder: output } = await bundleIn(folder, 'handlers/*.ts');
    const first = await readdir(output);
    await bundleIn(folder, 'handlers/*.ts');
    expect(await readdir(output)).toEqual(first);
    await rm(join(folder, 'handlers/y.ts'));
    await bundleIn(folder, 'handlers/*.ts');
    expect(await readdir(output)).toEqual(first.filter((name) => !name.startsWith('y.')));
  });

  it('names a glob that matches no handler', async () => {
    const folder = await anApplication({ ...tiny, 'lambda/x.test.ts': handler, 'lambda/x.validator.ts': '' });
    await expect(bundleIn(folder, 'lambda/*.ts')).rejects.toThrow(
      `bundle: "lambda/*.ts" matches no handler in ${folder}`,
    );
  });

  it('names two handlers of one name', async () => {
    const folder = await anApplication({ 'a/x.ts': handler, 'b/x.ts': handler });
    await expect(bundleIn(folder, 'a/*.ts', 'b/*.ts')).rejects.toThrow(
      'bundle: two handlers are called "x": "a/x.ts" and "b/x.ts". A name is a file name: rename one',
    );
  });

  it('names file and line of what does not compile', async () => {
    const folder = await anApplication({ 'handlers/x.ts': 'export const handler =\n  = 1;' });
    await expect(bundleIn(folder, 'handlers/*.ts')).rejects.toThrow(/handlers\/x\.ts:2:2: ERROR: Unexpected "="/);
  });

  it('refuses an unknown entry by name, and a file without a handler', async () => {
    const folder = await anApplication({
      ...tiny,
      'handlers/x.ts': handler,
      'handlers/shared.ts': 'export const a = 1;',
    });
    const handlers = await bundleIn(folder, 'handlers/*.ts');
    expect(() => handlers.entry('y')).toThrow(
      'There is no handler "y". There are: connect, default, disconnect, fan-out, shared, x',
    );
    expect(() => handlers.entry('shared')).toThrow('handlers/shared.ts exports no "handler"');
  });

  it('keeps CommonJS that requires modules of Node', async () => {
    const folder = await anApplication({
      ...tiny,
      'handlers/x.ts': `import os from './os.cjs'; export const handler = () => os.EOL;`,
      'handlers/os.cjs': `module.exports = require('node:os');`,
    });
    const { handler: x } = await bundled(await bundleIn(folder, 'handlers/*.ts'), 'x');
    expect(x()).toBe('\n');
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

  it.each(samples)('judges as the one compiled at run time: sample %#', (sample) => {
    expect(judge(sample)).toEqual({
      sendMessage: sendMessage(sample) || sendMessage.errors,
      broadcastRecord: broadcastRecord(sample) || broadcastRecord.errors,
    });
  });

  it('carries no Ajv', () => {
    expect(source.length).toBeLessThan(20_000);
    expect(source).not.toContain('draft/2020-12');
  });

  it('is refused by its file where its schema is none', async () => {
    const folder = await anApplication({
      'handlers/x.ts': `import { a } from './x.validator.ts'; export const handler = () => a;`,
      'handlers/x.validator.ts': `import { compileValidator } from '${join(import.meta.dirname, '../../schemas/compile-validator.ts')}';
        export const a = compileValidator({ type: 'strin' });`,
    });
    await expect(bundleIn(folder, 'handlers/x.ts')).rejects.toThrow(
      /handlers\/x\.validator\.ts:1:0: ERROR: .*The schema is invalid at #\/type: it must be equal to one of the allowed values/,
    );
  });

  it('is refused where the file exports something else', async () => {
    const folder = await anApplication({
      'handlers/x.ts': `import { a } from './x.validator.ts'; export const handler = () => a;`,
      'handlers/x.validator.ts': 'export const a = 1;',
    });
    await expect(bundleIn(folder, 'handlers/x.ts')).rejects.toThrow(
      'x.validator.ts exports "a", which compileValidator did not make: move it to another file',
    );
  });
});
