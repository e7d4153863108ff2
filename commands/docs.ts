// `npm run docs`: builds the documentation site, or serves it here while somebody writes.
import { spawn } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { EXIT, runCommand, UsageError, wholeNumber } from '../packages/command-line/command.ts';

/** The tools are not part of `npm ci` of the repository: 150 MB that only this command needs. */
const TOOLS = 'docs/node_modules';

const isInstalled = (): boolean =>
  existsSync(`${TOOLS}/.package-lock.json`) &&
  statSync(`${TOOLS}/.package-lock.json`).mtimeMs >= statSync('docs/package-lock.json').mtimeMs;

/** @throws {Error} if the program fails. This command prints the program's output. */
const run = (file: string, args: readonly string[], cwd: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, stdio: 'inherit', shell: file === 'npm' && process.platform === 'win32' });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0 || signal === 'SIGINT' || code === EXIT.interrupted) resolve();
      else reject(new Error(`${[file, ...args].join(' ')} failed: ${signal ?? `exit code ${code}`}`));
    });
  });

const node = (program: string, ...args: string[]): Promise<void> =>
  run(process.execPath, [`node_modules/${program}`, ...args], 'docs');

const TASKS: Readonly<Record<string, (port: number) => Promise<void>>> = {
  build: async () => {
    await node('vitepress/bin/vitepress.js', 'build');
    console.log('The site is in build/docs.');
  },
  dev: (port) => node('vitepress/bin/vitepress.js', 'dev', '--host', '127.0.0.1', '--port', String(port)),
  preview: (port) => node('vitepress/bin/vitepress.js', 'preview', '--host', '127.0.0.1', '--port', String(port)),
};

await runCommand(
  {
    usage: 'npm run docs -- [build|dev|preview] [options]',
    about: `Builds the documentation site from docs/ to build/docs. The first run installs its tools to ${TOOLS}.

  build    (default) writes the site. It fails on a link that leads nowhere
  dev      serves the sources on 127.0.0.1, and shows each change
  preview  serves what was built`,
    argument: 'task',
    argumentDefault: 'build',
    options: { port: { type: wholeNumber(1, 65_535), default: '5173', help: 'port of dev and preview' } },
  },
  async ({ port }, task) => {
    const start = Object.hasOwn(TASKS, task) ? TASKS[task] : undefined;
    if (!start) throw new UsageError(`Expected one of ${Object.keys(TASKS).join(', ')}, got ${task}`);
    if (!isInstalled()) await run('npm', ['ci', '--no-audit', '--no-fund'], 'docs');
    if (task !== 'preview') {
      rmSync('docs/reference', { recursive: true, force: true });
      await node('typedoc/bin/typedoc');
    }
    await start(port);
  },
);
