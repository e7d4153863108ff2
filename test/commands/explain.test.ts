import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectionHash } from '../../schemas/connections/connection-hash.ts';
import { anAccount } from '../schemas/an-account.ts';
import { runCommand } from '../support/run-command.ts';

const HANDLED = { level: 'INFO', message: 'Handled', connection: connectionHash('c1=') };

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
  const handled = [HANDLED, { ...HANDLED, connection: connectionHash('c2') }].map((line) => JSON.stringify(line));
  await writeFile(log, `not JSON\n${[...lines, ...handled].join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm run explain', () => {
  it('explains a broadcast from a log', async () => {
    const { code, stdout } = await runCommand('commands/explain.ts', ['b1', '--log', log]).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Broadcast b1, .*in 1 record\n {2}2 connections found: 1 delivered, 0 stale, 1 excluded/);
  });

  it('shows the log lines of a connection by its id', async () => {
    const { code, stdout } = await runCommand('commands/explain.ts', ['--connection', 'c1=', '--log', log]).ended;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `In the log, this connection is ${HANDLED.connection}:\n${JSON.stringify(HANDLED)}\n`,
    });
  });

  it('has a filter for CloudWatch Logs Insights if a connection and a log group are given', async () => {
    const args = ['--connection', 'c1=', '--log-group', 'g'];
    const { code, stderr } = await runCommand('commands/explain.ts', args).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(`use: filter connection = "${HANDLED.connection}"`);
  });

  it.each([
    [['b2'], 1, /functions\.log has no account of broadcast b2\n$/],
    [[], 2, /^Give a broadcast id, or --connection with a connection id\n$/],
    [[''], 2, /^Expected one broadcast id, got an empty string: /],
    [['b1', '--log', '-'], 1, /^The standard input has no account of broadcast b1\n$/],
    [['b1', '--log', ''], 2, /^--log: expected a value, got ""\. Is a shell variable not set\?\n$/],
    [['b1', '--hours', 'x'], 2, /^--hours: expected a number of hours above 0, at most 87600, got "x"\.\n$/],
    [['b1', '--hours', '1e9'], 2, /^--hours: expected .*, got "1e9"\.\n$/],
    [['b1', '--log-group', 'g'], 2, /^Give --log or --log-group, not both\n$/],
    [['b1', '--connection', 'c1'], 2, /^Give a broadcast id or --connection, not both\n$/],
    [['--connection', 'c9'], 1, /functions\.log has no line of this connection\. Its name in logs is [0-9a-f]{12}\n$/],
    [['b1', '--log', 'nosuch.log'], 2, /^--log: expected a readable file, got nosuch\.log: ENOENT.*\n$/],
  ])('refuses %j in one sentence', async (args, exitCode, sentence) => {
    const { code, stderr } = await runCommand('commands/explain.ts', ['--log', log, ...args]).ended;
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(sentence);
  });
});
