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
  [['--connections', '0'], '--connections: expected a whole number such as 200, more than 0, got "0".'],
])('refuses %j with one sentence and exit code 2', async (args, sentence) => {
  const { code, stderr } = await runCommand('commands/plan.ts', args).ended;
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});
