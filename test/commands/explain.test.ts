import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anAccount } from '../schemas/an-account.ts';
import { runCommand } from '../support/run-command.ts';

let log: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
  log = join(folder, 'functions.log');
  const account = anAccount({
    ...{ scanned: 2, delivered: 1, excluded: 1, posts: 1, firstDeliveredAt: 1_007, lastDeliveredAt: 1_007 },
  });
  const other = anAccount({ id: 'another', scanned: 5, delivered: 5 });
  const lines = [account, other].map((one) => JSON.stringify({ message: 'Broadcast account', account: one }));
  await writeFile(log, `not JSON\n${lines.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run explain', () => {
  it('explains a broadcast from a log', async () => {
    const { code, stdout } = await runCommand('commands/explain.ts', ['b1', '--log', log]).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Broadcast b1, .*in 1 record\n {2}2 connections found: 1 delivered, 0 stale, 1 excluded/);
  });

  it.each([
    [['b2'], 1, /^No account of broadcast b2 in .*\n$/],
    [[], 2, /^Expected one broadcast id, got 0: npm run explain -- BROADCAST_ID \[options\]\n$/],
    [[''], 2, /^Expected one broadcast id, got an empty text: /],
    [['b1', '--log', '-'], 1, /^No account of broadcast b1 in what was piped in\n$/],
    [['b1', '--log', ''], 2, /^--log: expected a text, got "": is a variable of the shell not set\?\n$/],
    [['b1', '--hours', 'x'], 2, /^--hours: expected a number of hours above 0, at most 87600, got "x"\.\n$/],
    [['b1', '--hours', '1e9'], 2, /^--hours: expected .*, got "1e9"\.\n$/],
    [['b1', '--log-group', 'g'], 2, /^Give --log or --log-group, not both: one log is read\n$/],
    [['b1', '--log', 'nosuch.log'], 2, /^--log: expected a log, got nosuch\.log: ENOENT.*\n$/],
  ])('refuses %j in a sentence', async (args, exitCode, sentence) => {
    const { code, stderr } = await runCommand('commands/explain.ts', ['--log', log, ...args]).ended;
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(sentence);
  });
});
