import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';

/** Nobody is logged in, and nothing is asked of the network. */
const NOBODY = {
  ...{ AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, AWS_PROFILE: undefined },
  ...{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined },
  ...{ AWS_EC2_METADATA_DISABLED: 'true', HOME: tmpdir(), AWS_CONFIG_FILE: undefined },
  AWS_SHARED_CREDENTIALS_FILE: undefined,
};

describe('npm run broadcast', () => {
  it.each([
    [['hello', '--queue-url', 'foo:bar'], 2, /^--queue-url: expected a queue's URL such as .*, got "foo:bar"\.\n$/],
    [[''], 2, /^Expected one text, got an empty text: .*\n$/],
    [['hello', '--port', '1'], 1, /^No stack runs on port 1: start one with npm start -- --port 1\n$/],
    [
      ['hello', '--queue-url', 'http://127.0.0.1:1/1/queue'],
      ...[1, /^http:\/\/127\.0\.0\.1:1\/1\/queue: nothing listens there\. Start the local run/],
    ],
    [['hello', '--queue-url', 'https://x.invalid/1/queue'], 1, /^https.*: no Region is known\. Set AWS_REGION\n$/],
    [
      ['hello', '--queue-url', 'https://sqs.eu-west-1.amazonaws.com/1/queue'],
      ...[1, /^https.*: no AWS credentials were found\. Log in, or set AWS_PROFILE\n$/],
    ],
  ] as [string[], number, RegExp][])('answers %j with one sentence', async (args, code, sentence) => {
    const ended = await runCommand('commands/broadcast.ts', args, undefined, { env: NOBODY }).ended;
    expect(ended).toEqual({ code, stdout: '', stderr: expect.stringMatching(sentence) });
  });
});

it('npm run broadcast says that a Region is none', async () => {
  const args = ['hello', '--queue-url', 'https://x.invalid/1/queue'];
  const env = { ...NOBODY, AWS_REGION: '' };
  const { code, stderr } = await runCommand('commands/broadcast.ts', args, undefined, { env }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('queue: what AWS_REGION holds is no Region. Set it to one such as eu-west-1\n');
});

it('npm run explain names the log group that it cannot ask for', async () => {
  const args = ['b1', '--log-group', '/aws/lambda/fan-out'];
  const { code, stderr } = await runCommand('commands/explain.ts', args, undefined, { env: NOBODY }).ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'Log group /aws/lambda/fan-out: no Region is known. Set AWS_REGION\n',
  });
});

it.each(['nosuch', 'toString', '__proto__'])('npm run bench refuses %s and names what it has', async (name) => {
  const { code, stderr } = await runCommand('commands/bench.ts', [name]).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `Expected one of fan-out, gateway, invocation, got ${name}\n`,
  });
});
