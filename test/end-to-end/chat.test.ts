import { readFileSync } from 'node:fs';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { PATIENCE_MS, until } from '../support/until.ts';
import { parseTranscript } from '../transcripts/player/parse-transcript.ts';
import { runTranscript } from '../transcripts/player/run-transcript.ts';
import { type RunningChat, runChat, synthesizeChat } from './run-chat.ts';

/** A valid id of a stale connection. */
const GONE = 'PJqB0fHsqRcCHlw=';
const ID = expect.stringMatching(/^[\w-]{15}=$/);
const AN_HOUR_AGO = () => Math.floor(Date.now() / 1_000) - 3_600;

let cdkOut: string;
let chat: RunningChat;

beforeAll(async () => {
  cdkOut = await synthesizeChat();
  chat = await runChat({ cdkOut });
});
afterAll(() => chat?.stop());

const frame = (text: string | undefined) => JSON.parse(text ?? '{}');
const send = (message: unknown) => JSON.stringify({ action: 'send-message', message });

describe('the chat', () => {
  // $disconnect runs after a close. Without this wait, the next test would still find the rows.
  afterEach(() => until(async () => (await chat.connectionIds()).length === 0));

  it('matches the transcript of seed 0', async () => {
    const file = 'test/transcripts/seed-0-polly.txt';
    const steps = parseTranscript(readFileSync(file, 'utf8'), file);
    expect(await runTranscript({ steps, url: chat.url, timeoutMs: PATIENCE_MS, quietMs: 200 })).toBeUndefined();
  });

  it('keeps a row for each connection until it is closed', async () => {
    const client = await chat.open();
    const [connectionId = ''] = await chat.connectionIds();
    const row = await chat.row(connectionId);
    expect(row).toEqual({
      connectionId: { S: ID },
      connectedAt: { N: expect.any(String) },
      ttl: { N: expect.any(String) },
    });
    expect(Number(row?.ttl?.N) - Number(row?.connectedAt?.N)).toBe(7_500);
    await client.close();
    await until(async () => (await chat.connectionIds()).length === 0);
  });

  describe('tells a client why its message was refused', () => {
    it.each([
      ['cut off', '{"action":"send-message"', { code: 'MESSAGE_MALFORMED', message: 'The message is not valid JSON' }],
      [
        'of the wrong type',
        send(5),
        { code: 'MESSAGE_INVALID', errors: [{ path: '/message', rule: 'type', message: expect.any(String) }] },
      ],
      ['empty', send(''), { code: 'MESSAGE_INVALID', errors: [expect.objectContaining({ rule: 'minLength' })] }],
      [
        'too long',
        send('x'.repeat(30_001)),
        { code: 'MESSAGE_INVALID', errors: [expect.objectContaining({ rule: 'maxLength' })] },
      ],
      [
        'missing',
        '{"action":"send-message"}',
        { code: 'MESSAGE_INVALID', errors: [expect.objectContaining({ rule: 'required' })] },
      ],
      [
        'accompanied by an unknown field',
        '{"action":"send-message","message":"hi","room":"a"}',
        { code: 'MESSAGE_INVALID', errors: [expect.objectContaining({ rule: 'additionalProperties' })] },
      ],
      [
        'accompanied by a forbidden key',
        '{"action":"send-message","message":"hi","__proto__":{}}',
        { code: 'MESSAGE_INVALID' },
      ],
    ])('if it is %s, and queues nothing', async (_, message, expected) => {
      const [client, other] = await Promise.all([chat.open(), chat.open()]);
      client.type(message);
      expect(frame(await client.next(PATIENCE_MS))).toEqual({
        message: expect.any(String),
        connectionId: ID,
        requestId: ID,
        ...(expected.code === 'MESSAGE_MALFORMED' && { errors: expect.anything() }),
        ...(expected.code === 'MESSAGE_INVALID' && { errors: expect.anything() }),
        ...expected,
      });
      client.type(send('still here'));
      expect(await other.next(PATIENCE_MS)).toBe('still here');
      expect([...client.unread(), ...other.unread()]).toEqual([]);
      await Promise.all([client.close(), other.close()]);
    });
  });

  it.each(['{"action":"no-such-route"}', 'hello', 'null', '[1,2]', '5'])(
    'answers %s with a help text',
    async (text) => {
      const client = await chat.open();
      client.type(text);
      expect(await client.next(PATIENCE_MS)).toMatch(
        /^Use the send-message route to send a message\. Your info: \{"ConnectedAt":"[^"]+","Identity":\{"SourceIp":"127\.0\.0\.1"\},"LastActiveAt":"[^"]+","connectionId":"[\w-]{15}="\}$/,
      );
      await client.close();
    },
  );

  it('deletes the row of a client that was killed without a close frame', async () => {
    const other = await chat.open();
    const socket = new WebSocket(chat.url);
    await new Promise((resolve) => socket.once('open', resolve));
    expect(await chat.connectionIds()).toHaveLength(2);
    socket.terminate();
    await until(async () => (await chat.connectionIds()).length === 1);
    await other.close();
  });

  it('deletes the row of a stale connection when it posts to it, and reaches the others', async () => {
    const [sender, receiver] = await Promise.all([chat.open(), chat.open()]);
    await chat.putRow(GONE, AN_HOUR_AGO());
    sender.type(send('anybody there?'));
    expect(await receiver.next(PATIENCE_MS)).toBe('anybody there?');
    await until(async () => !(await chat.row(GONE)));
    expect(await chat.connectionIds()).toHaveLength(2);
    await Promise.all([sender.close(), receiver.close()]);
  });

  it('deletes the row of a caller whose connection is stale when its error is posted', async () => {
    await chat.putRow(GONE, AN_HOUR_AGO());
    const requestContext = {
      connectionId: GONE,
      routeKey: 'send-message',
      eventType: 'MESSAGE',
      requestId: GONE,
      domainName: 'localhost',
      stage: 'production',
    };
    const event = { requestContext, body: send(5), isBase64Encoded: false };
    const result = await chat.run.invoke(chat.functionName('SendMessage'), event);
    expect(result).toMatchObject({ ok: true, payload: { statusCode: 200 } });
    expect(await chat.row(GONE)).toBeUndefined();
  });

  it('sends an unreadable record to the dead-letter queue, and delivers the others', async () => {
    const client = await chat.open();
    await Promise.all([chat.enqueue('{"from":"elsewhere"}'), chat.enqueue('{"v":1,"data":"from the backend"}')]);
    expect(await client.next(PATIENCE_MS)).toBe('from the backend');
    const letters = await chat.deadLetter();
    expect(letters.map(({ Body }) => frame(Body))).toEqual([
      { v: 1, reason: 'unreadable', diedAt: expect.any(Number), record: '{"from":"elsewhere"}' },
    ]);
    await client.close();
  });

  it('delivers emojis and characters that SQS refuses unchanged', async () => {
    const [sender, receiver] = await Promise.all([chat.open(), chat.open()]);
    sender.type(send('👋 \uFFFE\uFFFF'));
    expect(await receiver.next(PATIENCE_MS)).toBe('👋 \uFFFE\uFFFF');
    await Promise.all([sender.close(), receiver.close()]);
  });
});

describe('the chat with a missing resource', () => {
  it('answers the sender with an internal error if the queue is missing, and logs the cause', async () => {
    const broken = await runChat({ cdkOut });
    const client = await broken.open();
    await broken.sqs.send(new DeleteQueueCommand({ QueueUrl: broken.queues.broadcasts }));
    client.type(send('hello'));
    const { requestId, ...error } = frame(await client.next(PATIENCE_MS));
    expect(error).toEqual({ message: 'Internal server error', connectionId: ID, code: 'INTERNAL' });
    const line = await until(() =>
      broken.logLines().find((text) => text.includes(requestId) && text.includes('ERROR')),
    );
    expect(line).toMatch(/QueueDoesNotExist|NonExistentQueue/);
    await broken.stop();
  });

  it('refuses a handshake with 500 if the table is missing, and logs the cause', async () => {
    const broken = await runChat({ cdkOut });
    await broken.dropTable();
    await expect(broken.open()).rejects.toThrow(/refused the handshake: 500/);
    await until(() => broken.logLines().find((text) => text.includes('ResourceNotFoundException')));
    await broken.stop();
  });
});
