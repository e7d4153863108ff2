import { existsSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { runCommand, runProgram } from '../support/run-command.ts';

it.each([
  [['init', '-h'], 'middy-fanout init\n'],
  [['add', '--help'], 'middy-fanout add route NAME\n'],
  [['local', '-h'], 'middy-fanout local --app'],
  [['load', '--help'], 'middy-fanout load [options]\n\nSends messages'],
  [['plan', '-h'], 'middy-fanout plan [options]'],
  [['broadcast', '-h'], 'middy-fanout broadcast [options] "Hello from server"'],
  [['publish', '-h'], "middy-fanout publish [options] room:42 '{"],
  [['explain', '--help'], 'middy-fanout explain BROADCAST_ID'],
  [['redrive', '-h'], 'middy-fanout redrive [options]'],
  [['-h'], 'middy-fanout COMMAND [options]'],
])('middy-fanout %j shows the help of the command', async (args, beginning) => {
  const { code, stdout, stderr } = await runCommand('commands/middy-fanout.ts', args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.startsWith(beginning)).toBe(true);
});

it('middy-fanout --version shows the version of the package', async () => {
  const { code, stdout } = await runCommand('commands/middy-fanout.ts', ['--version']).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('middy-fanout refuses an unknown command with code 2 and the list of its commands', async () => {
  const { code, stderr } = await runCommand('commands/middy-fanout.ts', ['nonsense']).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'Unknown command "nonsense". Commands: init, add, local, load, plan, broadcast, publish, explain, redrive\n',
  });
});

it.each(['--help', '--version', 'nonsense'])(
  'middy-fanout %s ends without a stack if its output is closed or full',
  async (arg) => {
    const run = (command: string) => runProgram('sh', ['-c', command]).ended;
    const command = `"${process.execPath}" commands/middy-fanout.ts ${arg}`;
    expect((await run(`(sleep 0.1; ${command}) | true`)).stderr).not.toContain('node:');
    if (!existsSync('/dev/full')) return; // only Linux has it
    expect((await run(`${command} > /dev/full`)).stderr.split('\n')).toHaveLength(2);
  },
);
