import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const CODE = [
  'schemas',
  'testing',
  'aws',
  'fan-out',
  'middleware',
  'handlers',
  'infra',
  'package.json',
  'tsconfig.json',
  'jest.config.js',
  'test/support/temporary-folder.setup.ts',
  'test/support/temporary-folder.teardown.ts',
  'test/support/together',
];
const TIMEOUT_MS = 120_000;

let project: string;

/** The README's blocks of TypeScript, without their indentation. */
const blocks = (): string[] =>
  [...readFileSync('README.md', 'utf8').matchAll(/^( *)```ts\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', code = '']) =>
    code.replace(new RegExp(`^${indent}`, 'gm'), ''),
  );

/** Follows "Add a route" in a copy of the project. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'readme-'));
  for (const name of CODE) cpSync(name, join(project, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(project, 'node_modules'));
  for (const block of blocks()) {
    const file = /^\/\/ (\S+\.ts)\n/.exec(block)?.[1];
    if (file) {
      mkdirSync(dirname(join(project, file)), { recursive: true });
      writeFileSync(join(project, file), block);
    } else {
      const stack = join(project, 'infra/chat-stack.ts');
      const code = readFileSync(stack, 'utf8');
      writeFileSync(
        stack,
        code.replace(/^ *this\.chat\.addRoute\(/m, (line) => `${block}${line}`),
      );
    }
  }
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

const node = (...args: string[]) => run(process.execPath, args, { cwd: project });

describe('the README’s steps for adding a route', () => {
  it('name every file, and one line of the stack', () => {
    const files = blocks().map((block) => /^\/\/ (\S+\.ts)\n/.exec(block)?.[1]);
    expect(files).toEqual(['schemas/wave.validator.ts', 'handlers/wave.ts', undefined, 'test/handlers/wave.test.ts']);
  });

  it(
    'compile',
    async () => {
      await expect(node('node_modules/typescript/bin/tsc', '-p', '.')).resolves.toMatchObject({ stdout: '' });
    },
    TIMEOUT_MS,
  );

  it(
    'pass their own test',
    async () => {
      const jest = [
        '--experimental-vm-modules',
        'node_modules/jest/bin/jest.js',
        'test/handlers',
        '--selectProjects',
        'fast',
      ];
      expect((await node(...jest)).stderr).toContain('Tests:       2 passed, 2 total');
    },
    TIMEOUT_MS,
  );

  it(
    'add the route to the template',
    async () => {
      const { stdout } = await run(process.execPath, ['infra/app.ts'], {
        cwd: project,
        env: { ...process.env, CDK_OUTDIR: join(project, 'cdk.out') },
      });
      expect(stdout).toBe('');
      const template = readFileSync(join(project, 'cdk.out/MiddyFanout-production.template.json'), 'utf8');
      expect(template).toContain('"RouteKey": "wave"');
    },
    TIMEOUT_MS,
  );
});
