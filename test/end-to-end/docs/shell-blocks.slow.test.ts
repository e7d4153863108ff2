import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { aFolder } from '../../infra/a-folder.ts';
import { runProgram } from '../../support/run-command.ts';
import { installPackages } from '../install-packages.ts';
import { type Block, fileNamedIn, readPages } from './read-pages.ts';

/** Most that packing and installing may take: on a quiet machine a minute. */
const INSTALL_MS = 600_000;
const RUN_MS = 300_000;

const pages = readPages();
const blocks = pages.flatMap((page) => page.blocks.filter(({ language }) => language === 'sh'));
const run = blocks.filter(({ marker = 'run' }) => marker.startsWith('run'));

/** The application of `start/existing-app.md`: its files, and the packages. */
let application: string;

beforeAll(async () => {
  application = aFolder();
  const page = pages.find(({ path }) => path === 'docs/start/existing-app.md');
  for (const { code } of page?.blocks ?? []) {
    const file = fileNamedIn(code);
    if (file === undefined) continue;
    mkdirSync(dirname(join(application, file)), { recursive: true });
    writeFileSync(join(application, file), code);
  }
  writeFileSync(join(application, 'package.json'), '{ "type": "module", "private": true }');
  await installPackages(application);
}, INSTALL_MS);

/** The commands of a block: one a line, or continued by `\`. */
const commandsOf = ({ code }: Block): string[] =>
  code
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/\s#.*$/, '').trim())
    .filter(Boolean);

/** Another run may listen on the page's port: each takes a free one. */
const onFreePort = (command: string): string =>
  /^npm start\b(?!.* -- )/.test(command) ? `${command} -- --port 0` : `${command} --port 0`;

describe('the shell blocks of the documentation', () => {
  it.each(run.map((block) => [block.place, block] as const))(
    'work: %s',
    async (_, block) => {
      const { marker = 'run' } = block;
      const cwd = marker.startsWith('run in: application') ? application : process.cwd();
      const text = /until: (.*)$/.exec(marker)?.[1];
      for (const command of commandsOf(block)) {
        const line = text === undefined ? command : onFreePort(command);
        const running = runProgram('bash', ['-c', line], cwd, { ownGroup: true });
        if (text !== undefined) {
          await running.says(text);
          process.kill(-running.pid, 'SIGINT');
        }
        const { code, stdout, stderr } = await running.ended;
        // An interrupted npm ends by the signal itself, and so without a code.
        const expected = text === undefined ? [0] : [0, 130, null];
        if (!expected.includes(code)) throw new Error(`${line} ended with ${code}:\n${stdout}${stderr}`);
      }
    },
    RUN_MS,
  );

  it('are more than a few', () => expect(run.length).toBeGreaterThan(6));
});
