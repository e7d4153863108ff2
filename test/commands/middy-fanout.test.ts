import { expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';

it.each([
  [['local', '-h'], 'middy-fanout local --app'],
  [['load', '--help'], 'npm run load -- [options]\n\nSends messages'],
  [['plan', '-h'], 'npm run plan -- [options]'],
  [['broadcast', '-h'], 'npm run broadcast -- [options] "Hello from server"'],
  [['explain', '--help'], 'npm run explain -- BROADCAST_ID'],
  [['redrive', '-h'], 'npm run redrive -- [options]'],
  [['-h'], 'middy-fanout COMMAND [options]'],
])('middy-fanout %j shows the help of that command', async (args, beginning) => {
  const { code, stdout, stderr } = await runCommand('commands/middy-fanout.ts', args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.startsWith(beginning)).toBe(true);
});

it('middy-fanout --version shows the version of the package', async () => {
  const { code, stdout } = await runCommand('commands/middy-fanout.ts', ['--version']).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('middy-fanout refuses a command that it does not have with code 2 and those that it has', async () => {
  const { code, stderr } = await runCommand('commands/middy-fanout.ts', ['nonsense']).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'There is no command "nonsense". There are: local, load, plan, broadcast, explain, redrive\n',
  });
});
