import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';

/** An environment without credentials, a Region or a metadata service. */
const LOGGED_OUT = {
  ...{ AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, AWS_PROFILE: undefined },
  ...{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined },
  ...{ AWS_EC2_METADATA_DISABLED: 'true', HOME: tmpdir(), AWS_CONFIG_FILE: undefined },
  AWS_SHARED_CREDENTIALS_FILE: undefined,
};

describe('npm run broadcast', () => {
  it.each([
    [['hello', '--queue-url', 'foo:bar'], 2, /^--queue-url: expected a queue's URL such as .*, got "foo:bar"\.\n$/],
    [['-5 degrees'], 2, /^Unknown option '-5'\. --help .*\. Write "--" before a text that begins with a dash\n$/],
    [['--port', '1', '--', '-h'], 1, /^No stack runs on port 1\. /],
    [['hello', '--example', 'x', '--queue-url', 'http://x/1/q'], 2, /^--example and --queue-url exclude each other: /],
    [[''], 2, /^Expected one text, got an empty string: .*\n$/],
    [['hello', '--port', '1'], 1, /^No stack runs on port 1\. Start one: npm start -- --port 1\n$/],
    [
      ['hello', '--queue-url', 'http://127.0.0.1:1/1/queue'],
      ...[1, /^http:\/\/127\.0\.0\.1:1\/1\/queue: no server listens there\. Start the local run/],
    ],
    [['hello', '--queue-url', 'https://x.invalid/1/queue'], 1, /^https.*: no Region is set\. Set AWS_REGION\n$/],
    [
      ['hello', '--queue-url', 'https://sqs.eu-west-1.amazonaws.com/1/queue'],
      ...[1, /^https.*: no AWS credentials were found\. Log in, or set AWS_PROFILE\n$/],
    ],
  ] as [string[], number, RegExp][])('prints one sentence for %j', async (args, code, sentence) => {
    const ended = await runCommand('commands/broadcast.ts', args, undefined, { env: LOGGED_OUT }).ended;
    expect(ended).toEqual({ code, stdout: '', stderr: expect.stringMatching(sentence) });
  });
});

it('npm run broadcast names an AWS profile without credentials', async () => {
  const args = ['hello', '--queue-url', 'https://sqs.eu-west-1.amazonaws.com/1/queue'];
  const env = { ...LOGGED_OUT, AWS_PROFILE: 'nobody' };
  const { code, stderr } = await runCommand('commands/broadcast.ts', args, undefined, { env }).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^https.*: the AWS profile "nobody" has no credentials\. Log in with this profile, or set/);
});

it('npm run broadcast says that the server is not a queue', async () => {
  const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { ...LOGGED_OUT, ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' } };
  for (const [scheme, remedy] of [
    ['http', 'the server is not an AWS service. Compare the URL with the output of your stack'],
    ['https', 'the server does not use TLS. If it runs on this machine, write http://'],
  ]) {
    const url = `${scheme}://127.0.0.1:${port}/1/queue`;
    const args = ['hello', '--queue-url', url];
    const { code, stderr } = await runCommand('commands/broadcast.ts', args, undefined, { env }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: `${url}: ${remedy}\n` });
  }
  server.close();
});

it('npm run broadcast says that AWS_REGION is invalid', async () => {
  const args = ['hello', '--queue-url', 'https://x.invalid/1/queue'];
  const env = { ...LOGGED_OUT, AWS_REGION: '' };
  const { code, stderr } = await runCommand('commands/broadcast.ts', args, undefined, { env }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain('queue: AWS_REGION is not a valid Region. Set it to one such as eu-west-1\n');
});

it('npm run explain names the log group that it cannot query', async () => {
  const args = ['b1', '--log-group', '/aws/lambda/fan-out'];
  const { code, stderr } = await runCommand('commands/explain.ts', args, undefined, { env: LOGGED_OUT }).ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'Log group /aws/lambda/fan-out: no Region is set. Set AWS_REGION\n',
  });
});

it.each(['nosuch', 'toString', '__proto__'])('npm run bench refuses %s and lists its benches', async (name) => {
  const { code, stderr } = await runCommand('commands/bench.ts', [name]).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `Expected one of fan-out, channels, gateway, invocation, validation, got ${name}\n`,
  });
});
