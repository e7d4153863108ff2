import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { until } from '../../../support/until.ts';
import { RawSocket, upgradeRequest } from './support/raw-socket.ts';
import { sendHostileInput } from './support/send-hostile-input.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from './support/test-gateway.ts';

const ok = (): unknown => ({ statusCode: 200 });

let running: TestGateway;
const start = async (options: TestGatewayOptions = {}): Promise<TestGateway> => {
  running = await startTestGateway(options);
  return running;
};
afterEach(() => running.stop());

/** A chat in which everyone but the sender receives the text. */
const startChat = async (): Promise<TestGateway> => {
  const ids = new Set<string>();
  return start({
    functions: {
      $connect: ({ requestContext }) => {
        ids.add(requestContext.connectionId);
        return ok();
      },
      $disconnect: ({ requestContext }) => {
        ids.delete(requestContext.connectionId);
      },
      $default: ok,
      'send-message': async ({ requestContext, body }) => {
        const others = [...ids].filter((id) => id !== requestContext.connectionId);
        const { message } = JSON.parse(body);
        const posts = others.map((id) =>
          running.call(`/production/@connections/${encodeURIComponent(id)}`, { body: message }),
        );
        await Promise.all(posts);
        return ok();
      },
    },
  });
};

const expectChatToWork = async ({ connect }: TestGateway): Promise<void> => {
  const [one, other] = [await connect().opened(), await connect().opened()];
  one.send({ action: 'send-message', message: 'hello, everyone!' });
  expect(await other.nextFrame()).toEqual({ text: 'hello, everyone!', isBinary: false });
  other.send({ action: 'send-message', message: 'hello yourself' });
  expect(await one.next()).toBe('hello yourself');
};

describe('the gateway', () => {
  it('carries a chat', async () => {
    await expectChatToWork(await startChat());
  });

  it('carries a chat after hostile input', async () => {
    const test = await startChat();
    for (let round = 0; round < 8; round++)
      await Promise.all(Array.from({ length: 10 }, () => sendHostileInput(test.gateway.port)));
    await until(() => test.gateway.connections() === 0);
    await expectChatToWork(test);
  });

  it.each<[string, string, number]>([
    ['random bytes', '\x00\x01\x02\xff\r\n\r\n', 400],
    ['10,000 headers', `GET /production HTTP/1.1\r\nHost: localhost\r\n${'a: b\r\n'.repeat(10_000)}\r\n`, 431],
    ['no Host', upgradeRequest('/production', { Host: undefined }), 403],
    ['another API', 'GET /production HTTP/1.1\r\nHost: evil.example.com\r\n\r\n', 403],
  ])('answers %s and keeps running', async (_, bytes, statusCode) => {
    const { gateway } = await start();
    const answer = await new RawSocket(gateway.port).send(bytes).until('\r\n');
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
  });

  it('answers 400 to half an upgrade whose client ends it, and runs no $connect', async () => {
    const { gateway, events } = await startChat();
    const raw = new RawSocket(gateway.port).send(upgradeRequest().slice(0, 60));
    raw.socket.end();
    expect(await raw.ended).toMatch(/^HTTP\/1\.1 400 /);
    expect(events).toEqual([]);
    expect(gateway.connections()).toBe(0);
  });

  it('opens one connection when the second half of an upgrade comes', async () => {
    const { gateway, events, call } = await startChat();
    const request = upgradeRequest();
    const raw = new RawSocket(gateway.port).send(request.slice(0, 60));
    await call('/production', { method: 'GET' }); // when it answers, the gateway has read the first half too
    expect([raw.received.length, events.length, gateway.connections()]).toEqual([0, 0, 0]);
    expect(await raw.send(request.slice(60)).until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
    expect([events.length, gateway.connections()]).toEqual([1, 1]);
  });

  it('counts its open connections', async () => {
    const { connect, gateway } = await start();
    const clients = [await connect().opened(), await connect().opened()];
    expect(gateway.connections()).toBe(2);
    clients[0]?.webSocket.close();
    await until(() => gateway.connections() === 1);
  });

  it('serves several stages on one port', async () => {
    const stages = ['production', 'dev'].map((name) => ({ name, variables: {} }));
    const { connect, events } = await start({ functions: { $connect: ok }, stages });
    await connect('/production').opened();
    await connect('/dev').opened();
    expect(events.map(({ requestContext }) => requestContext.stage)).toEqual(['production', 'dev']);
  });

  it('rejects with EADDRINUSE if the port is in use', async () => {
    const { gateway } = await start();
    await expect(startTestGateway({ port: gateway.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('stop', () => {
  it('closes every connection with 1001, runs no $disconnect, and frees the port', async () => {
    const { connect, gateway, events } = await start({ functions: { $connect: ok, $disconnect: ok } });
    const clients = [await connect().opened(), await connect().opened()];
    await gateway.stop();
    for (const { closed } of clients) expect(await closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(events).toHaveLength(2);
    const server = createServer().listen(gateway.port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    await new Promise((resolve) => server.close(resolve));
  });

  it('does not wait for a client that never reads, or for one in its handshake', async () => {
    const $connect = ({ headers }: { headers: Record<string, string> }): unknown =>
      headers['X-Hold'] ? new Promise(() => {}) : ok();
    const test = await start({ functions: { $connect } });
    const reader = await test.connect().opened();
    reader.webSocket.pause();
    const path = `/production/@connections/${encodeURIComponent(test.events[0].requestContext.connectionId)}`;
    while ((await test.call(path, { body: 'a'.repeat(131_072) })).statusCode === 200);
    const held = new RawSocket(test.gateway.port).send(upgradeRequest('/production', { 'X-Hold': '1' }));
    await until(() => test.events.length >= 2);
    await test.gateway.stop();
    await held.ended;
    reader.webSocket.resume();
    await reader.closed;
    expect(reader.webSocket.readyState).toBe(WebSocket.CLOSED);
  });
});
