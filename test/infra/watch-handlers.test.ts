import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type WatchedBuild, watchHandlers } from '../../infra/watch-handlers.ts';
import { anApplication } from './an-application.ts';

const home = process.cwd();
const handler = (text: string) => `export const handler = () => '${text}';`;
const tiny = Object.fromEntries(
  ['connect', 'default', 'disconnect', 'fan-out'].map((name) => [`handlers/${name}.ts`, handler(name)]),
);

let folder: string;
let stop: () => Promise<void>;
let builds: WatchedBuild[];
let onBuild: () => void;

/** Resolves to the first build from now on that meets the condition. */
const nextBuild = (condition: (build: WatchedBuild) => boolean): Promise<WatchedBuild> =>
  new Promise((resolve) => {
    const from = builds.length;
    onBuild = () => {
      const build = builds.slice(from).find(condition);
      if (build) resolve(build);
    };
  });
const write = (file: string, text: string): Promise<void> => writeFile(join(folder, file), text);

beforeEach(async () => {
  folder = await anApplication({
    ...tiny,
    'handlers/x.ts': `import { word } from '../words/word.ts'; export const handler = () => word;`,
    'handlers/y.ts': handler('y'),
    'words/word.ts': `export const word = 'before';`,
  });
  process.chdir(folder);
  builds = [];
  onBuild = () => {};
  stop = await watchHandlers(['handlers/*.ts'], (build) => {
    builds.push(build);
    onBuild();
  });
});

afterEach(async () => {
  await stop();
  process.chdir(home);
});

it('bundles at the start', () => {
  expect(builds).toMatchObject([{ ok: true, changed: ['connect', 'default', 'disconnect', 'fan-out', 'x', 'y'] }]);
});

it('starts esbuild again after its process was killed', async () => {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).matchAll(
    /^ *(\d+) +(\d+) .*esbuild.* --service/gm,
  );
  const children = [...processes].filter(([, , parent]) => Number(parent) === process.pid);
  expect(children).not.toEqual([]);
  for (const [, pid] of children) process.kill(Number(pid), 'SIGKILL');
  const next = nextBuild(() => true);
  await write('words/word.ts', `export const word = 'after';`);
  expect(await next).toMatchObject({ ok: true, changed: ['x'] });
});

it('bundles again when a source in any folder changes, and names the handlers that import it', async () => {
  const next = nextBuild(({ ok }) => ok);
  await write('words/word.ts', `export const word = 'after';`);
  expect(await next).toMatchObject({ ok: true, changed: ['x'] });
  expect(await readFile(join(folder, 'build/handlers/x.mjs'), 'utf8')).toContain('after');
});

it.each([
  ['txt', 'before', 'after'],
  ['tsx', `export default 'before' as string;`, `export default 'after' as string;`],
  ['json', '"before"', '"after"'],
])('bundles again when a .%s file that a handler imports changes', async (extension, before, after) => {
  await write(`words/other.${extension}`, before);
  const first = nextBuild((build) => build.ok && build.changed.includes('z'));
  await write('handlers/z.ts', `import word from '../words/other.${extension}'; export const handler = () => word;`);
  await first;
  const next = nextBuild((build) => build.ok && build.changed.includes('z'));
  await write(`words/other.${extension}`, after);
  await next;
  expect(await readFile(join(folder, 'build/handlers/z.mjs'), 'utf8')).toContain('after');
});

it('names file and line of a mistake, keeps the last build, and builds again when it is fixed', async () => {
  const failed = nextBuild(({ ok }) => !ok);
  await write('words/word.ts', 'export const word =\n  = 1;');
  expect(await failed).toMatchObject({
    ok: false,
    problems: [{ file: 'words/word.ts', line: 2, column: 2, text: 'Unexpected "="' }],
  });
  expect(await readFile(join(folder, 'build/handlers/x.mjs'), 'utf8')).toContain('before');

  const fixed = nextBuild(({ ok }) => ok);
  await write('words/word.ts', `export const word = 'fixed';`);
  expect(await fixed).toMatchObject({ ok: true, changed: ['x'] });
});

it('adds a new handler and removes a deleted one', async () => {
  const more = nextBuild((build) => build.ok && build.handlers.names.includes('z'));
  await write('handlers/z.ts', handler('z'));
  expect(await more).toMatchObject({ ok: true, changed: ['z'] });

  const fewer = nextBuild((build) => build.ok && !build.handlers.names.includes('y'));
  await rm(join(folder, 'handlers/y.ts'));
  expect(await fewer).toMatchObject({ ok: true, changed: [] });
});

it('compiles a validator again when its schema changes', async () => {
  const validator = (maxLength: number) =>
    `export const schema = { type: 'string', maxLength: ${maxLength} } as const;`;
  await write('words/schema.ts', validator(3));
  await write(
    'handlers/word.validator.ts',
    `import { compileValidator } from ${JSON.stringify(join(home, 'schemas/validation/compile-validator.ts'))};
     import { schema } from '../words/schema.ts';
     export const word = compileValidator(schema);`,
  );
  const first = nextBuild((build) => build.ok && build.changed.includes('z'));
  await write(
    'handlers/z.ts',
    `import { word } from './word.validator.ts'; export const handler = (data) => word(data);`,
  );
  await first;
  expect(await readFile(join(folder, 'build/handlers/z.mjs'), 'utf8')).toContain('limit:3');

  const next = nextBuild((build) => build.ok && build.changed.includes('z'));
  await write('words/schema.ts', validator(7));
  await next;
  expect(await readFile(join(folder, 'build/handlers/z.mjs'), 'utf8')).toContain('limit:7');
});
