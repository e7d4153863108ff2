import { expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';
import { aCdkApp, readIn } from './starter/a-project.ts';

const middyFanout = (cwd: string, ...args: string[]) => runCommand('commands/middy-fanout.ts', args, cwd).ended;

it('middy-fanout init, and add route, change the application in the working folder', async () => {
  const folder = aCdkApp();
  expect(await middyFanout(folder, 'init')).toMatchObject({ code: 0, stderr: '' });
  const { code, stdout } = await middyFanout(folder, 'add', 'route', 'wave');
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('handlers/wave.ts') });
  expect(readIn(folder, 'lib/chat-stack.ts')).toContain("addRoute('wave'");
});

it.each([
  [['add'], 'Expected one name, got 0: middy-fanout add route NAME\n'],
  [['add', 'route'], 'Expected one name, got 0: middy-fanout add route NAME\n'],
  [['add', 'stack', 'x'], 'Cannot add "stack". Write: middy-fanout add route NAME\n'],
  [['init', 'x'], /^Unexpected argument 'x'/],
])('middy-fanout %j ends with code 2 and one sentence', async (args, stderr) => {
  const ended = await middyFanout(aCdkApp(), ...args);
  expect(ended).toMatchObject({ code: 2, stderr: typeof stderr === 'string' ? stderr : expect.stringMatching(stderr) });
});
