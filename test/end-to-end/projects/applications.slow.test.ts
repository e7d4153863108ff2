import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { aFolder } from '../../infra/a-folder.ts';
import { aWscat } from '../../support/a-wscat.ts';
import type { RunningCommand } from '../../support/run-command.ts';
import { until } from '../../support/until.ts';
import { APPLICATIONS, type Application } from './applications.ts';
import { shell, shellInBackground } from './run-in-project.ts';

/** Longest time of a step on a busy machine. The longest installs 400 packages. */
jest.setTimeout(300_000);

/** Longest time of a synthesis. */
const START_MS = 200_000;

/** The lines of each shell block of a text, without their comments. */
const linesOfBlocks = (text: string): readonly string[][] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) =>
    block
      .split('\n')
      .map((line) => line.replace(/\s+#.*/, ''))
      .filter((line) => line !== ''),
  );

/** The README's section on using the package. */
const section =
  readFileSync('README.md', 'utf8').split('\n## In your own CDK application\n')[1]?.split('\n## ')[0] ?? '';
const [inClone = [], inApplication = []] = linesOfBlocks(section);
const packing = inClone.find((line) => line.startsWith('npm pack')) ?? '';
const [installing = '', initializing = '', completing = '', adding = '', testing = '', running = ''] = inApplication;
const [, generating = ''] = /`(npx cdk init [^`]+)`/.exec(section) ?? [];

let root: string;
beforeAll(async () => {
  root = aFolder();
  mkdirSync(join(root, 'middy-fanout'));
  await shell(process.cwd(), `${packing} --pack-destination '${join(root, 'middy-fanout')}'`);
});

it('the README has a line for each step', () => {
  expect(inClone[0]).toBe('npm ci');
  expect(installing).toMatch(/^npm install --save-dev esbuild \.\.\/middy-fanout\//);
  expect([initializing, completing]).toEqual(['npx middy-fanout init', 'npm install']);
  expect(adding).toBe('npx middy-fanout add route wave');
  expect(generating).toBe('npx cdk init app --language typescript');
  expect([testing, running]).toEqual(['npm test', 'npm run local']);
  expect([inClone.length, inApplication.length]).toEqual([2, 6]);
});

it('the documentation has the same lines', () => {
  const page = readFileSync('docs/start/existing-app.md', 'utf8');
  const [packed, installed, rest = []] = linesOfBlocks(page);
  expect([packed, [...(installed ?? []), ...rest]]).toEqual([inClone, inApplication]);
});

describe.each(Object.entries(APPLICATIONS))('%s', (name, application: Application) => {
  let folder: string;
  let local: RunningCommand | undefined;
  /** A line of the README, as the application's author writes it. */
  const inIt = (line: string) => {
    const { add, install, exec } = application;
    const words: Readonly<Record<string, string>> = {
      'npm install --save-dev': add,
      'npm install': install,
      npx: exec,
    };
    return shell(
      folder,
      line.replace(/^(npm install( --save-dev)?|npx)/, (npms) => words[npms] ?? npms),
    );
  };

  beforeAll(() => {
    folder = join(root, name.replaceAll(/\W+/g, '-'));
    mkdirSync(folder);
    for (const [path, content] of Object.entries(application.files ?? {})) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    }
  });
  afterAll(async () => {
    local?.interrupt();
    await local?.ended;
  });

  it('gets a chat by the words of the README', async () => {
    if (application.generate) await shell(folder, application.generate(generating));
    await inIt(installing);
    expect(await inIt(initializing)).toContain('handlers/send-message.ts');
    await inIt(completing);
    expect(await inIt(adding)).toMatch(/Changed:\n {2}\S*chat-stack\.ts\n/);
  });

  it('compiles with skipLibCheck off', async () => {
    expect(await inIt('npx tsc --noEmit --skipLibCheck false')).toBe('');
  });

  it('passes the tests of its routes', async () => {
    expect(await inIt(`${testing} 2>&1`)).toContain('wave');
  });

  it('chats here, and swaps a handler that changes', async () => {
    local = shellInBackground(folder, `${running.replace('npm run local', application.local)} --port 0 --json`);
    const printed = (type: string) => events(local?.output() ?? '').filter((event) => event.type === type);
    const ready = await until(() => printed('ready')[0], START_MS);
    const url = ready.apis?.[0]?.webSocketUrl ?? '';
    const [sender, receiver] = [aWscat(url), aWscat(url)];
    await until(() => printed('connected').length === 2);
    sender.type('{"action":"wave","message":"hello"}');
    await receiver.shows('hello');

    const handler = join(folder, 'handlers/wave.ts');
    writeFileSync(
      handler,
      readFileSync(handler, 'utf8').replace('event.body.message', 'event.body.message.toUpperCase()'),
    );
    await until(() => printed('reloaded').length > 0, START_MS);
    sender.type('{"action":"wave","message":"hello again"}');
    await receiver.shows('HELLO AGAIN');
    await Promise.all([sender.end(), receiver.end()]);
  });
});

interface Event {
  type: string;
  apis?: readonly { webSocketUrl: string }[];
}

const events = (output: string): Event[] =>
  output
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
