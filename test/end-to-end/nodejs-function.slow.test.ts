import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type RunningCommand, runCommand } from '../support/run-command.ts';
import { PATIENCE_MS } from '../support/until.ts';
import { openTerminal } from '../transcripts/player/open-terminal.ts';

jest.setTimeout(120_000);

/** Runs as in an existing CDK application without middy-fanout, in that application's folder. */
describe('middy-fanout local --app "npx cdk synth"', () => {
  let folder: string;
  let command: RunningCommand;

  beforeAll(async () => {
    mkdirSync('build', { recursive: true });
    folder = mkdtempSync(resolve('build/nodejs-function-'));
    cpSync('test/support/fixtures/apps/nodejs-function', folder, { recursive: true });
    const args = ['--app', 'npx cdk synth', '--port', '0'];
    command = runCommand('packages/local/cli/main.ts', args, folder);
    await command.says('CTRL+C ends it.');
  });
  afterAll(async () => {
    command?.interrupt();
    await command?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs the bundles of NodejsFunction, and reloads a saved source while clients stay connected', async () => {
    const url = /ws:\/\/\S+/.exec(command.output())?.[0] ?? '';
    const [first, second] = [
      await openTerminal({ url, timeoutMs: PATIENCE_MS }),
      await openTerminal({ url, timeoutMs: PATIENCE_MS }),
    ];
    first.type('{"action":"say","text":"hello"}');
    expect([await first.next(PATIENCE_MS), await second.next(PATIENCE_MS)]).toEqual(['hello', 'hello']);

    const source = join(folder, 'lambda/say.ts');
    writeFileSync(source, readFileSync(source, 'utf8').replace('Data: text', 'Data: text.toUpperCase()'));
    await command.says('~ reloaded say');
    first.type('{"action":"say","text":"hello"}');
    expect([await first.next(PATIENCE_MS), await second.next(PATIENCE_MS)]).toEqual(['HELLO', 'HELLO']);

    writeFileSync(source, 'export const handler = ;');
    await command.says('The run stays as it was.');
    expect(command.output()).toMatch(/say\.ts:1:2\d/);
    second.type('{"action":"say","text":"still here"}');
    expect(await first.next(PATIENCE_MS)).toBe('STILL HERE');
    await Promise.all([first.close(), second.close()]);
  });
});
