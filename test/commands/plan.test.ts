import { existsSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { runCommand, runProgram } from '../support/run-command.ts';

it('prints what a stage does and costs, and what is impossible', async () => {
  const { code, stdout } = await runCommand('commands/plan.ts', [
    '--connections',
    '50000',
    '--rate',
    '10/s',
    '--size',
    '2KB',
  ]).ended;
  expect(code).toBe(0);
  for (const text of [
    '500,000/s',
    '! Impossible: 500,000 posts a second',
    'coalesce 63 messages',
    'Connection minutes',
    'a month',
  ]) {
    expect(stdout).toContain(text);
  }
});

it('prints what channels use and cost, and what binds first', async () => {
  const args = ['--channels', '1000', '--members', '50', '--rate', '120/s'];
  const { code, stdout } = await runCommand('commands/plan.ts', args).ended;
  expect(code).toBe(0);
  for (const text of [
    '1,000 channels of 50 members, 50,000 connections, 120/s of 200 B',
    '6,000/s, 64.9 % of the account',
    'write units/s',
    'requests/s to the channel queue',
    "Binds first  the functions' concurrency, at 105 messages/s",
    "the account's posts         75 % used",
    '! Impossible: 2 functions of the channels take 105 publishes a second',
    'raise channelFanOut.maxConcurrency to 3',
    'Table: writes',
    'Total',
  ]) {
    expect(stdout).toContain(text);
  }
  expect(stdout).not.toContain('Broadcasts');
});

it('succeeds if its output is closed, and fails if the disk is full', async () => {
  const plan = `"${process.execPath}" commands/plan.ts`;
  const run = (command: string) => runProgram('sh', ['-c', command]).ended;
  expect(await run(`(${plan}; echo "code $?" >&2) | true`)).toMatchObject({ stderr: 'code 0\n' });
  if (!existsSync('/dev/full')) return; // only Linux has it
  const { code, stderr } = await run(`${plan} > /dev/full`);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The output could not be written: ENOSPC.*\n$/);
});

it.each([
  [
    ['--concurrency', '1'],
    '--concurrency: expected a whole number such as 200, from 2 to 1000, as an SQS event source takes',
  ],
  [['--concurrency', '5000'], 'from 2 to 1000, as an SQS event source takes, got "5000".'],
  [['--hours', '9000'], 'from 1 to 744, got "9000".'],
  [['--speed', '1'], "Unknown option '--speed'"],
  [['--channels', '0'], '--channels: expected a whole number such as 200, more than 0, got "0".'],
  [['--members', '9'], '--members: these are the members of each channel, so give --channels COUNT too.'],
  [
    ['--channels', '2', '--connections', '20'],
    '--connections: 20 are too few for 2 channels of 50 members, because each member is a connection. Expected at least 50.',
  ],
  [
    ['--channels', '1000', '--connections', '999'],
    '--connections: 999 are too few for 1000 channels of 50 members, because a connection has at most 50 channels. Expected at least 1000.',
  ],
  [['--connections', '0'], '--connections: expected a whole number such as 200, more than 0, got "0".'],
])('refuses %j with one sentence and exit code 2', async (args, sentence) => {
  const { code, stderr } = await runCommand('commands/plan.ts', args).ended;
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});
