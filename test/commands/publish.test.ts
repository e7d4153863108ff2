import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';
import { startSqs, type TestSqs } from '../support/start-sqs.ts';

/** An environment without credentials, a Region or a metadata service. */
const LOGGED_OUT = {
  ...{ AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined, AWS_PROFILE: undefined },
  ...{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined },
  ...{ AWS_EC2_METADATA_DISABLED: 'true', HOME: tmpdir(), AWS_CONFIG_FILE: undefined },
  AWS_SHARED_CREDENTIALS_FILE: undefined,
};
const QUEUE = 'channels.fifo';

let sqs: TestSqs;
beforeAll(async () => {
  sqs = await startSqs();
  sqs.createQueue(QUEUE, { FifoQueue: 'true', DeduplicationScope: 'messageGroup' });
});
afterAll(() => sqs.stop());

const publish = (args: string[], env: Record<string, string | undefined> = LOGGED_OUT) =>
  runCommand('commands/publish.ts', args, undefined, { env }).ended;
const sent = () => sqs.inside(QUEUE).visible.map((body) => JSON.parse(body));
/** A local run with these outputs of its one stack. Returns its port. */
const withLocalRun = async <T>(outputs: Record<string, string>, use: (port: string) => Promise<T>): Promise<T> => {
  const server = createServer((_, response) => response.end(JSON.stringify({ Rooms: outputs }))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const result = await use(String((server.address() as AddressInfo).port));
  server.close();
  return result;
};

describe('npm run publish', () => {
  it('sends JSON as its value and any other text as a string, to the channel, which is the group', async () => {
    const texts = ['{"text":"hi"}', '42', '"quoted"', 'hello, everyone!', '{not JSON'];
    const channels = ['room:42', 'news', 'user:ann%40x', 'room:42', 'constructor'];
    for (const [index, text] of texts.entries()) {
      const ended = await publish(['--queue-url', sqs.urlOf(QUEUE), channels[index] as string, text]);
      expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
    }
    const record = { v: 1, id: expect.any(String), at: expect.any(Number) };
    expect(sent()).toEqual([
      { ...record, channel: 'room:42', data: { text: 'hi' } },
      { ...record, channel: 'room:42', data: 'hello, everyone!' },
      { ...record, channel: 'news', data: 42 },
      { ...record, channel: 'user:ann%40x', data: 'quoted' },
      { ...record, channel: 'constructor', data: '{not JSON' },
    ]);
  });

  it('finds the queue of the local run', async () => {
    const outputs = { BroadcastQueueUrl: 'http://127.0.0.1:1/1/broadcasts', ChannelQueueUrl: sqs.urlOf(QUEUE) };
    const before = sent().length;
    await withLocalRun(outputs, async (port) => {
      expect(await publish(['--port', port, '--example', 'rooms', 'room:1', 'hi'])).toMatchObject({
        code: 0,
        stderr: '',
      });
    });
    expect(sent().slice(before)).toMatchObject([{ channel: 'room:1', data: 'hi' }]);
  });

  it('says that the stack of the local run has no channels', async () => {
    await withLocalRun({ BroadcastQueueUrl: 'http://127.0.0.1:1/1/broadcasts' }, async (port) => {
      expect(await publish(['--port', port, 'room:1', 'hi'])).toEqual({
        code: 1,
        stdout: '',
        stderr: `The stack on port ${port} has no channels. Stop it, then start one that has: npm start -- --example rooms --port ${port}\n`,
      });
    });
  });

  it.each([
    [
      ['room:1'],
      2,
      /^Expected one channel and one text, got 1: npm run publish -- \[options\] room:42 '\{"text":"hi"\}'\n$/,
    ],
    [['room:1', ''], 2, /^Expected one channel and one text, got an empty string: /],
    [['room 1', 'hi'], 2, /^Expected a channel of 1 to 128 characters of A-Z a-z 0-9 _ \. : - %, got "room 1"\.\n$/],
    [['x'.repeat(129), 'hi'], 2, /^Expected a channel of 1 to 128 characters/],
    [['room:1', '""'], 2, /^Expected data that is not empty, got ""\.\n$/],
    [['room:1', 'x'.repeat(122_880)], 2, /^Expected data whose frame has at most 122880 bytes, got 12\d{4}\.\n$/],
    [
      ['room:1', 'hi', '--queue-url', 'http://x/1/q'],
      2,
      /^--queue-url: expected a FIFO queue's URL such as .*, got "http:/,
    ],
    [['room:1', 'hi', '--queue-url', 'foo:bar.fifo'], 2, /^--queue-url: expected a FIFO queue's URL such as /],
    [
      ['room:1', 'hi', '--example', 'x', '--queue-url', 'http://x/1/q.fifo'],
      2,
      /^--example and --queue-url exclude each/,
    ],
    [['room:1', '-5 degrees'], 2, /Write "--" before a channel or text that begins with a dash\n$/],
    [['--port', '1', '--', 'room:1', '-h'], 1, /^No stack runs on port 1\. Start one: npm start -- --port 1\n$/],
    [
      ['room:1', 'hi', '--queue-url', 'http://127.0.0.1:1/1/q.fifo'],
      ...[1, /^http:\/\/127\.0\.0\.1:1\/1\/q\.fifo: no server listens there\. Start the local run/],
    ],
    [
      ['room:1', 'hi', '--queue-url', 'https://sqs.eu-west-1.amazonaws.com/1/q.fifo'],
      ...[1, /^https.*: no AWS credentials were found\. Log in, or set AWS_PROFILE\n$/],
    ],
  ] as [string[], number, RegExp][])('prints one sentence for %.100j', async (args, code, sentence) => {
    expect(await publish(args)).toEqual({ code, stdout: '', stderr: expect.stringMatching(sentence) });
  });

  it('does nothing as the script that npm publish runs', async () => {
    const ended = await publish([], { ...LOGGED_OUT, npm_command: 'publish' });
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
