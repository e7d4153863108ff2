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

/** The lines of the README's shell blocks on using the package, without their comments. */
const section =
  readFileSync('README.md', 'utf8').split('\n## In your own CDK application\n')[1]?.split('\n## ')[0] ?? '';
const [inClone = [], inApplication = []] = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) =>
  block
    .split('\n')
    .map((line) => line.replace(/\s+#.*/, ''))
    .filter((line) => line !== ''),
);
const packing = inClone.find((line) => line.startsWith('npm pack')) ?? '';
const [installing = '', initializing = '', adding = '', testing = '', running = ''] = inApplication;

let root: string;
beforeAll(async () => {
  root = aFolder();
  mkdirSync(join(root, 'middy-fanout'));
  await shell(process.cwd(), `${packing} --pack-destination '${join(root, 'middy-fanout')}'`);
});

it('the README has a line for each step', () => {
  expect(inClone[0]).toBe('npm ci');
  expect(installing).toMatch(/^npm install --save-dev esbuild \.\.\/middy-fanout\//);
  expect([initializing, adding]).toEqual(['npx middy-fanout init', 'npx middy-fanout add route wave']);
  expect([testing, running]).toEqual(['npm test', 'npm run local']);
});

describe.each(Object.entries(APPLICATIONS))('%s', (name, application: Application) => {
  let folder: string;
  let local: RunningCommand | undefined;
  /** A line of the README, as the application's author writes it. */
  const inIt = (line: string) => {
    const { install, exec } = application;
    return shell(
      folder,
      line.replace(/^npm install --save-dev|^npx/, (npms) => (npms === 'npx' ? exec : install)),
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
    if (application.generate) await inIt(application.generate);
    await inIt(installing);
    expect(await inIt(initializing)).toContain('handlers/send-message.ts');
    if (!application.generate && !application.files) await inIt('npm install');
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
