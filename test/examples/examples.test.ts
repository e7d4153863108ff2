import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handler as requireHttps } from '../../examples/single-function/handlers/require-https.ts';
import { APPLICATIONS } from '../../packages/local/console/applications.js';
import { aConnectEvent, aDisconnectEvent, aMessageEvent } from '../../testing/index.ts';
import { runCommand } from '../support/run-command.ts';
import { PATIENCE_MS, until } from '../support/until.ts';
import type { Difference } from '../transcripts/player/run-transcript.ts';
import { type RunningExample, runExamples } from './run-examples.ts';

const NAMES = ['polly', 'chat-room', 'single-function', 'samples-chat', 'workshop', 'reactions'];
/** The id of a connection that is gone, in the form of API Gateway's ids. */
const GONE = 'PJqB0fHsqRcCHlw=';
const ID = /^[\w-]{15}=$/;
const seconds = () => Math.floor(Date.now() / 1_000);

let examples: ReadonlyMap<string, RunningExample>;
// On a busy machine the six syntheses took longer than the time limit of a test.
beforeAll(async () => {
  examples = await runExamples(NAMES);
}, 240_000);
afterAll(async () => {
  await Promise.all([...(examples?.values() ?? [])].map((example) => example.stop()));
});
const example = (name: string) => examples.get(name) as RunningExample;
/** $disconnect runs after a close, so the row of an earlier connection may still be in the table. */
const openAlone = async (name: string) => {
  await until(async () => (await example(name).rows()).length === 0);
  return example(name).open();
};
const frame = (text: string | undefined) => JSON.parse(text ?? '{}');

describe('a published transcript', () => {
  const TRANSCRIPTS = [
    ['polly', 'seed-0-polly'],
    ['chat-room', 'seed-1-chat'],
    ['single-function', 'seed-2-serverless-example'],
    ['samples-chat', 'seed-3-samples-chat'],
    ['workshop', 'seed-4-workshop'],
  ] as const;

  // They run at the same time, each in its own application, because each waits for messages that must not arrive.
  let played: ReadonlyMap<string, PromiseSettledResult<Difference | undefined>>;
  beforeAll(async () => {
    const results = await Promise.allSettled(TRANSCRIPTS.map(([name, transcript]) => example(name).play(transcript)));
    played = new Map(TRANSCRIPTS.map(([name], index) => [name, results[index] as (typeof results)[number]]));
  });

  it.each(TRANSCRIPTS.map(([name]) => name))('of %s matches the run', (name) => {
    expect(played.get(name)).toEqual({ status: 'fulfilled', value: undefined });
  });
});

describe('every example', () => {
  it.each([
    ['polly', 'production'],
    ['chat-room', 'Test'],
    ['single-function', 'dev'],
    ['samples-chat', 'dev'],
    ['workshop', 'beta'],
    ['reactions', 'production'],
  ])('%s has the stage %s and outputs both URLs', (name, stage) => {
    const { outputs } = example(name);
    expect(outputs.WebSocketUrl).toMatch(new RegExp(`^ws://127\\.0\\.0\\.1:\\d+/${stage}$`));
    expect(outputs.ConnectionsUrl).toBe(`${outputs.WebSocketUrl?.replace('ws:', 'http:')}/@connections`);
  });

  it.each([
    ['polly', 'connectionId'],
    ['chat-room', 'connectionid'],
    ['single-function', 'connectionId'],
    ['samples-chat', 'ConnectionId'],
    ['reactions', 'connectionId'],
  ])('%s keeps a row with the key %s until the connection is closed', async (name, key) => {
    const client = await openAlone(name);
    expect(await example(name).rows()).toEqual([
      { [key]: expect.stringMatching(ID), connectedAt: expect.any(String), ttl: expect.any(String) },
    ]);
    await client.close();
    await until(async () => (await example(name).rows()).length === 0);
  });

  it.each([
    ['polly', { action: 'send-message', message: 5 }, '/message'],
    ['chat-room', { action: 'onMessage', message: 5 }, '/message'],
    ['samples-chat', { action: 'sendMessage', data: 5 }, '/data'],
    ['workshop', { action: 'sendMessage', data: 5 }, '/data'],
    ['reactions', { action: 'react', reaction: 5 }, '/reaction'],
  ])('%s tells the sender which field is invalid', async (name, message, path) => {
    const client = await example(name).open();
    client.type(JSON.stringify(message));
    expect(frame(await client.next(PATIENCE_MS))).toMatchObject({
      code: 'MESSAGE_INVALID',
      errors: [{ path, rule: 'type' }],
    });
    await client.close();
  });

  it('writes no connection id to a log', async () => {
    for (const name of NAMES) {
      const [sender, other] = await Promise.all([example(name).open(), example(name).open()]);
      const ids = (await example(name).rows()).flatMap((row) => Object.values(row).filter((value) => ID.test(value)));
      expect(ids.length).toBeGreaterThanOrEqual(2);
      sender.type(APPLICATIONS[name]?.frameOf('hello') ?? '');
      expect(await (name === 'single-function' ? sender : other).next(PATIENCE_MS)).toContain('hello');
      await Promise.all([sender.close(), other.close()]);
      const lines = example(name).events.flatMap((event) => (event.type === 'log' ? [event.line] : []));
      expect(lines).not.toHaveLength(0);
      expect(lines.filter((line) => ids.some((id) => line.includes(id)))).toEqual([]);
    }
  });
});

describe('single-function', () => {
  const app = () => example('single-function');
  const routeA = '{"action":"routeA","data":"hello"}';

  it('serves every route with one function, besides the authorizer and the fan-out', () => {
    expect(app().run.ready.functions).toHaveLength(3);
    const [api] = app().run.ready.apis;
    expect(new Set(api?.routes.map(({ functionName }) => functionName)).size).toBe(1);
  });

  it('keeps a row for an hour after the last message', async () => {
    const openedFrom = seconds();
    const client = await openAlone('single-function');
    const [row] = await app().rows();
    expect(Number(row?.ttl)).toBeGreaterThanOrEqual(openedFrom + 3_600);
    expect(Number(row?.ttl)).toBeLessThanOrEqual(seconds() + 3_600);
    await app().putRow({ ...row, ttl: String(seconds() + 60) });
    const typedFrom = seconds();
    client.type(routeA);
    await client.next(PATIENCE_MS);
    const [kept] = await app().rows();
    expect(kept?.connectionId).toBe(row?.connectionId);
    expect(Number(kept?.ttl)).toBeGreaterThanOrEqual(typedFrom + 3_600);
    expect(Number(kept?.ttl)).toBeLessThanOrEqual(seconds() + 3_600);
    await client.close();
  });

  it('does not post to a row past its ttl', async () => {
    const expired = await openAlone('single-function');
    const [row] = await app().rows();
    await app().putRow({ ...row, ttl: String(seconds() - 1) });
    const other = await app().open();
    await app().broadcast('who is there?');
    expect(await other.next(PATIENCE_MS)).toBe('who is there?');
    expect(expired.unread()).toEqual([]);
    await Promise.all([expired.close(), other.close()]);
  });

  it('answers API Gateway 200 on each of its routes', async () => {
    const requestContext = { connectionId: GONE, routeKey: 'routeA', eventType: 'MESSAGE', requestId: GONE };
    const event = { requestContext: { ...requestContext, domainName: 'x', stage: 'dev' }, body: routeA };
    expect(await app().invoke('AllRoutes', event)).toMatchObject({ ok: true, payload: { statusCode: 200 } });
  });

  describe('its authorizer', () => {
    const methodArn = 'arn:aws:execute-api:us-east-1:123456789012:abcdefghij/dev/$connect';
    const anEvent = (headers: Record<string, string>) => ({ type: 'REQUEST', methodArn, headers });

    it('allows the requested route over HTTPS', async () => {
      expect(await requireHttps(anEvent({ 'X-Forwarded-Proto': 'https' }))).toEqual({
        principalId: 'me',
        policyDocument: {
          Version: '2012-10-17',
          Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
        },
      });
    });

    it.each([{}, { 'X-Forwarded-Proto': 'http' }])(
      'fails for %j with the error that API Gateway answers 401 to',
      async (headers) => {
        const result = await app().invoke('RequireHttps', anEvent(headers as Record<string, string>));
        expect(result).toMatchObject({ ok: false, error: { errorType: 'Error', errorMessage: 'Unauthorized' } });
      },
    );
  });
});

describe('samples-chat', () => {
  const app = () => example('samples-chat');
  const messageOf = (data: string) => JSON.stringify({ action: 'sendMessage', data });

  it('accepts a URL with a slash after the stage', async () => {
    const client = await app().open('/');
    client.type(messageOf('hello'));
    expect(await client.next(PATIENCE_MS)).toBe('hello');
    await client.close();
  });

  it('deletes the row of a stale connection, and delivers to the others', async () => {
    const client = await app().open();
    await app().putRow({ ConnectionId: GONE, connectedAt: String(seconds() - 3_600), ttl: String(seconds() + 3_600) });
    client.type(messageOf('anybody there?'));
    expect(await client.next(PATIENCE_MS)).toBe('anybody there?');
    await until(async () => (await app().rows()).every((row) => row.ConnectionId !== GONE));
    await client.close();
  });
});

describe('workshop', () => {
  const app = () => example('workshop');

  it('accepts the console’s test event', async () => {
    const event = { requestContext: { connectionId: GONE } };
    expect(await app().invoke('Connect', event)).toMatchObject({ ok: true, payload: { statusCode: 200 } });
  });

  it('has no function for $disconnect, so a row stays after its connection is closed', async () => {
    const client = await app().open();
    const before = (await app().rows()).length;
    await client.close();
    await until(() => app().run.connections() === 0);
    expect(await app().rows()).toHaveLength(before);
  });

  it('answers leave with bye!, then closes the connection from the server', async () => {
    const client = await app().open();
    client.type('{"action":"leave"}');
    expect(await client.next(PATIENCE_MS)).toBe('bye!');
    expect(await client.next(PATIENCE_MS)).toMatch(/^Disconnected \(code: 1/);
  });
});

describe('reactions', () => {
  const app = () => example('reactions');

  it('sends each reaction to all connections', async () => {
    const [presenter, guest] = await Promise.all([app().open(), app().open()]);
    for (let count = 0; count < 3; count++) guest.type('{"action":"react","reaction":"👏"}');
    for (let count = 0; count < 3; count++) {
      expect(frame(await presenter.next(PATIENCE_MS))).toEqual({ reaction: '👏' });
    }
    await Promise.all([presenter.close(), guest.close()]);
  });

  it('sends plain text to all connections', async () => {
    const [one, other] = await Promise.all([app().open(), app().open()]);
    one.type('hello');
    expect(await other.next(PATIENCE_MS)).toBe('hello');
    expect(await one.next(PATIENCE_MS)).toBe('hello');
    one.type('{"action":"react"');
    expect(frame(await one.next(PATIENCE_MS))).toMatchObject({ code: 'MESSAGE_MALFORMED' });
    await Promise.all([one.close(), other.close()]);
  });

  it('answers ping without a function', async () => {
    const client = await app().open();
    client.type('{"action":"ping"}');
    expect(await client.next(PATIENCE_MS)).toBe('pong');
    const routes = app().events.flatMap((event) => (event.type === 'invocation' ? [event.routeKey] : []));
    expect(routes).toContain('$connect');
    expect(routes).not.toContain('ping');
    await client.close();
  });
});

describe('npm run broadcast', () => {
  const portOf = (name: string) => new URL(example(name).url).port;
  const broadcast = (...args: string[]) => runCommand('commands/broadcast.ts', args).ended;

  it('reaches every connection of the local stack', async () => {
    const clients = await Promise.all([example('chat-room').open(), example('chat-room').open()]);
    const ended = await broadcast('--port', portOf('chat-room'), '--example', 'chat-room', 'Hello from server');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    for (const client of clients) expect(await client.next(PATIENCE_MS)).toBe('Hello from server');
    await Promise.all(clients.map((client) => client.close()));
  });

  it('says in one sentence how to start the missing stack', async () => {
    const port = portOf('polly');
    const [none, another, noText] = await Promise.all([
      broadcast('--port', '9', '--example', 'workshop', 'hello'),
      broadcast('--port', port, '--example', 'chat-room', 'hello'),
      broadcast('--port', port),
    ]);
    expect(none).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No stack runs on port 9. Start one: npm start -- --example workshop --port 9\n',
    });
    expect(another).toMatchObject({
      code: 1,
      stderr: `Port ${port} runs Polly. Stop it, then start: npm start -- --example chat-room --port ${port}\n`,
    });
    expect(noText).toMatchObject({
      code: 2,
      stderr: 'Expected one text, got 0: npm run broadcast -- [options] "Hello from server"\n',
    });
  });
});

describe('npm run transcript', () => {
  it('plays a transcript with its backend against a local stack, and shows the first difference', async () => {
    const play = (seed: string, name: string) =>
      runCommand('test/transcripts/player/transcript.ts', [`test/transcripts/${seed}.txt`, '--url', example(name).url])
        .ended;
    const [same, other] = await Promise.all([
      play('seed-2-serverless-example', 'single-function'),
      play('seed-1-chat', 'reactions'),
    ]);
    expect(same).toMatchObject({ code: 0, stderr: '' });
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('test/transcripts/seed-1-chat.txt:5: the session differs here');
    expect(other.stderr).toContain('expected A< Echo: Hello everyone');
  });
});

describe('the other paths of every example', () => {
  const origin = () => example('polly').url.replace('ws:', 'http:').replace('/production', '');

  it('serve the page, with the content types for a browser', async () => {
    const types = async (path: string) => {
      const response = await fetch(`${origin()}${path}`);
      return [response.status, response.headers.get('content-type'), (await response.text()).length > 0];
    };
    expect(await types('/')).toEqual([200, 'text/html; charset=utf-8', true]);
    expect(await types('/page.js')).toEqual([200, 'text/javascript; charset=utf-8', true]);
    expect(await types('/page.css')).toEqual([200, 'text/css; charset=utf-8', true]);
  });

  it('serve the outputs of the stack', async () => {
    const outputs = await (await fetch(`${origin()}/outputs.json`)).json();
    expect(outputs).toEqual({ Polly: example('polly').outputs });
  });

  it('accept only GET and HEAD, and refuse unknown paths', async () => {
    const status = async (path: string, method: string) => (await fetch(`${origin()}${path}`, { method })).status;
    expect(await status('/', 'HEAD')).toBe(200);
    expect(await status('/', 'POST')).toBe(403);
    expect(await status('/outputs.json', 'DELETE')).toBe(403);
    expect(await status('/missing.js', 'GET')).toBe(403);
  });
});

// These tests come last, because their rows and broadcasts would disturb the tests above.
describe('the response to API Gateway', () => {
  it.each([
    ['samples-chat', 'Connect', 'Connected'],
    ['samples-chat', 'Disconnect', 'Disconnected'],
    ['samples-chat', 'SendMessage', 'OK'],
    ['workshop', 'Connect', 'Connected.'],
    ['workshop', 'SendMessage', 'Data sent.'],
    ['polly', 'Connect', undefined],
  ])('of %s on %s is the response of the original: %s', async (name, part, body) => {
    const eventOf: Record<string, () => unknown> = {
      Connect: () => aConnectEvent({ connectionId: GONE }),
      Disconnect: () => aDisconnectEvent({ connectionId: GONE }),
      SendMessage: () => aMessageEvent({ connectionId: GONE, body: { action: 'sendMessage', data: 'hello' } }),
    };
    const result = await example(name).invoke(part, eventOf[part]?.());
    expect(result).toMatchObject({ ok: true });
    expect('payload' in result && result.payload).toEqual({ statusCode: 200, ...(body && { body }) });
  });
});
