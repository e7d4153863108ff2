import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  LimitExceededException,
  PayloadTooLargeException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { PostFault } from '../../../../../packages/local/gateway/calls/gateway-faults.ts';
import { MAX_BUFFERED_BYTES } from '../../../../../packages/local/gateway/connections/connection.ts';
import type { Authority } from '../../../../../packages/local/model/application.ts';
import { until } from '../../../../support/until.ts';
import { RawSocket, upgradeRequest } from '../support/raw-socket.ts';
import type { TestClient } from '../support/test-client.ts';
import {
  ACCOUNT_ID,
  API_ID,
  DEVELOPER,
  FUNCTION,
  REGION,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from '../support/test-gateway.ts';

const ok = (): unknown => ({ statusCode: 200 });
const NOBODY = 'QyiABCdefGHIjkl%3D';

let running: TestGateway;
const start = async (options: TestGatewayOptions = {}): Promise<TestGateway> => {
  running = await startTestGateway({ functions: { $connect: ok, $disconnect: ok }, ...options });
  return running;
};
afterEach(() => running.stop());

/** A connection, its id and its path. */
const open = async (
  { connect, events }: TestGateway,
  path?: string,
): Promise<{ client: TestClient; connectionId: string; path: string }> => {
  const before = events.length;
  const client = await connect(path, [], { headers: { 'User-Agent': 'wscat' } }).opened();
  const { connectionId } = events[before].requestContext;
  return { client, connectionId, path: `/production/@connections/${encodeURIComponent(connectionId)}` };
};

describe('POST', () => {
  it('sends a text frame and answers 200 with an empty body', async () => {
    const test = await start();
    const { client, path } = await open(test);
    const answer = await test.call(path, { body: Buffer.from('grüezi') });
    expect(answer).toMatchObject({ statusCode: 200, body: '' });
    expect(answer.headers).not.toHaveProperty('x-amzn-errortype');
    expect(await client.nextFrame()).toEqual({ text: 'grüezi', isBinary: false });
  });

  it('delivers posts in the order in which they came', async () => {
    const test = await start();
    const { client, path } = await open(test);
    for (let index = 0; index < 20; index++) await test.call(path, { body: String(index) });
    for (let index = 0; index < 20; index++) expect(await client.next()).toBe(String(index));
  });

  it('replaces bytes that are not UTF-8 and keeps the connection', async () => {
    const test = await start();
    const { client, path } = await open(test);
    await test.call(path, { body: Buffer.from([0x61, 0xff, 0x62]) });
    expect(await client.nextFrame()).toEqual({ text: 'a\ufffdb', isBinary: false });
  });

  it('accepts up to 128 KB and answers 413 to more', async () => {
    const test = await start();
    const { client, path } = await open(test);
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 131_072]) {
      expect((await test.call(path, { body: 'a'.repeat(length) })).statusCode).toBe(200);
      expect(await client.next()).toHaveLength(length);
    }
    const answer = await test.call(path, { body: 'a'.repeat(131_073) });
    expect(answer).toMatchObject({ statusCode: 413, headers: { 'x-amzn-errortype': 'PayloadTooLargeException' } });
  });

  it('accepts a path with %40 and an id whose = is not encoded', async () => {
    const test = await start();
    const { client, connectionId } = await open(test);
    const paths = [
      `/production/%40connections/${encodeURIComponent(connectionId)}`,
      `/production/@connections/${connectionId}`,
      `/production/@connections/${connectionId.replace('=', '%3d')}`,
    ];
    for (const path of paths) {
      expect((await test.call(path, { body: path })).statusCode).toBe(200);
      expect(await client.next()).toBe(path);
    }
  });

  it('answers 429 when the buffer of a client that never reads is full, and reaches the other connections', async () => {
    const accepted: Socket[] = [];
    const collect = (message: unknown): void => void accepted.push((message as { socket: Socket }).socket);
    subscribe('net.server.socket', collect);
    const test = await start();
    const { client, path } = await open(test);
    unsubscribe('net.server.socket', collect);
    client.webSocket.pause();
    const { client: other, path: otherPath } = await open(test);
    const body = 'a'.repeat(131_072);
    let posted = 0;
    // The system decides how much it buffers for a connection.
    while ((await test.call(path, { body })).statusCode === 200) posted++;
    for (let again = 0; again < 10; again++) {
      const refused = await test.call(path, { body });
      expect(refused).toMatchObject({ statusCode: 429, headers: { 'x-amzn-errortype': 'LimitExceededException' } });
    }
    expect(accepted).toHaveLength(1);
    expect(accepted[0]?.writableLength).toBeGreaterThan(0);
    expect(accepted[0]?.writableLength).toBeLessThanOrEqual(MAX_BUFFERED_BYTES);
    expect((await test.call(otherPath, { body: 'hello' })).statusCode).toBe(200);
    expect(await other.next()).toBe('hello');
    client.webSocket.resume();
    for (let read = 0; read < posted; read++) await client.next();
    expect((await test.call(path, { body: 'again' })).statusCode).toBe(200);
    expect(await client.next()).toBe('again');
  });
});

describe('GET', () => {
  it('describes the connection in camelCase', async () => {
    const test = await start();
    const { path } = await open(test);
    const { connectedAt } = test.events[0].requestContext;
    const { statusCode, headers, body } = await test.call(path, { method: 'GET' });
    expect({ statusCode, type: headers['content-type'] }).toEqual({ statusCode: 200, type: 'application/json' });
    expect(JSON.parse(body)).toEqual({
      connectedAt: new Date(connectedAt).toISOString(),
      identity: { sourceIp: '127.0.0.1', userAgent: 'wscat' },
      lastActiveAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('gives null for the user agent of a client that did not send one', async () => {
    const test = await start();
    await new RawSocket(test.gateway.port).send(upgradeRequest()).until('101');
    const { connectionId } = test.events[0].requestContext;
    const path = `/production/@connections/${encodeURIComponent(connectionId)}`;
    const { body } = await test.call(path, { method: 'GET' });
    expect(JSON.parse(body).identity).toEqual({ sourceIp: '127.0.0.1', userAgent: null });
  });

  it('gives the time of the last message in either direction', async () => {
    const test = await start();
    const { path } = await open(test);
    const lastActiveAt = async (): Promise<number> => {
      const { body } = await test.call(path, { method: 'GET', signingDate: new Date(test.clock.now()) });
      return Date.parse(JSON.parse(body).lastActiveAt);
    };
    const before = await lastActiveAt();
    await test.clock.advance(60_000);
    await test.call(path, { body: 'x' });
    expect((await lastActiveAt()) - before).toBeGreaterThanOrEqual(60_000);
  });
});

describe('DELETE', () => {
  it('answers 204 and closes the connection with 1000', async () => {
    const test = await start();
    const { client, path } = await open(test);
    expect(await test.call(path, { method: 'DELETE' })).toMatchObject({ statusCode: 204, body: '' });
    expect((await test.call(path, { body: 'gone' })).statusCode).toBe(410);
    expect(await client.closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
    await until(() => test.events.length >= 2);
    expect(test.events[1].requestContext).toMatchObject({
      disconnectStatusCode: 1000,
      disconnectReason: 'Connection Closed Normally',
    });
  });
});

describe('a call', () => {
  it.each(['POST', 'GET', 'DELETE'])(
    '%s to a connection that is gone or never existed is 410 with an empty body',
    async (method) => {
      const { call } = await start();
      const answer = await call(`/production/@connections/${NOBODY}`, { method });
      expect(answer).toMatchObject({ statusCode: 410, body: '', headers: { 'x-amzn-errortype': 'GoneException' } });
    },
  );

  it('to a connection of another stage is 410', async () => {
    const stages = ['production', 'dev'].map((name) => ({ name, variables: {} }));
    const test = await start({ stages });
    const { connectionId } = await open(test, '/dev');
    const id = encodeURIComponent(connectionId);
    expect((await test.call(`/production/@connections/${id}`)).statusCode).toBe(410);
    expect((await test.call(`/dev/@connections/${id}`)).statusCode).toBe(200);
  });

  it.each(['test-connection-123', 'QyiABCdefGHIjkl', 'QyiABCdefGHIjk%2B%3D', 'ckv8x9q3b0000', '%E0%A4%A'])(
    'to the malformed id %s is 400 and names the id',
    async (id) => {
      const { call } = await start();
      const answer = await call(`/production/@connections/${id}`);
      expect(answer).toMatchObject({ statusCode: 400, headers: { 'x-amzn-errortype': 'BadRequestException' } });
      expect(JSON.parse(answer.body).message).toMatch(/^Invalid connectionId: ./);
    },
  );

  it.each([
    `/prod/@connections/${NOBODY}`,
    `/@connections/${NOBODY}`,
    `/production//@connections/${NOBODY}`,
    '/',
    '/production/connections/x',
  ])('to %s is 403 Forbidden', async (path) => {
    const { call } = await start();
    expect(await call(path)).toMatchObject({ statusCode: 403, body: '{"message":"Forbidden"}' });
  });

  it('that is not signed is 403 Missing Authentication Token', async () => {
    const test = await start();
    const { path } = await open(test);
    expect(await test.call(path, { body: 'x', credentials: null })).toMatchObject({
      statusCode: 403,
      body: '{"message":"Missing Authentication Token"}',
      headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
    });
  });

  it('that is refused is logged with the name of the error, without the signed request', async () => {
    const test = await start();
    const { path } = await open(test);
    const tamper = (request: { body: string | Buffer }): void => {
      request.body = 'y';
    };
    const answer = await test.call(path, { body: 'x', credentials: FUNCTION, tamper });
    expect(answer).toMatchObject({ statusCode: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } });
    expect(answer.body).toContain(FUNCTION.sessionToken);
    const call = 'POST /production/@connections/…';
    expect(test.log.at(-1)).toEqual({ type: 'call-refused', call, statusCode: 403, why: 'InvalidSignatureException' });
  });

  it('outside @connections is logged with its path', async () => {
    const test = await start();
    await test.call('/produktion?token=secret', { method: 'GET' });
    const call = 'GET /produktion';
    expect(test.log.at(-1)).toEqual({ type: 'call-refused', call, statusCode: 403, why: 'ForbiddenException' });
  });

  it('with another method is 403', async () => {
    const { call } = await start();
    expect((await call(`/production/@connections/${NOBODY}`, { method: 'PUT' })).statusCode).toBe(403);
  });

  it('without permission is 403 in the words of the authority, which is asked for method and stage', async () => {
    const asked: unknown[][] = [];
    const authority: Authority = {
      decide: (...request) => {
        asked.push(request);
        return { allowed: false, message: 'User: x is not authorized' };
      },
    };
    const test = await start({ authority });
    const { client, path } = await open(test);
    for (const method of ['POST', 'GET', 'DELETE']) {
      const answer = await test.call(path, { method, body: method === 'POST' ? 'x' : '', credentials: FUNCTION });
      expect(answer).toMatchObject({ statusCode: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } });
      expect(JSON.parse(answer.body)).toEqual({ Message: 'User: x is not authorized' });
    }
    expect(asked.map(([caller, action, arn]) => [(caller as { kind: string }).kind, action, arn])).toEqual(
      ['POST', 'GET', 'DELETE'].map((method) => [
        'function',
        'execute-api:ManageConnections',
        `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${API_ID}/production/${method}/@connections/{connectionId}`,
      ]),
    );
    expect(client.webSocket.readyState).toBe(client.webSocket.OPEN);
  });

  it('needs a permission in the partition of its Region', async () => {
    const arns: string[] = [];
    const decide: Authority['decide'] = (_caller, _action, arn) => {
      arns.push(arn);
      return { allowed: true };
    };
    const test = await start({ authority: { decide }, region: 'cn-north-1' });
    const { path } = await open(test);
    await test.call(path, { body: 'x', credentials: FUNCTION });
    expect(arns).toEqual([
      `arn:aws-cn:execute-api:cn-north-1:${ACCOUNT_ID}:${API_ID}/production/POST/@connections/{connectionId}`,
    ]);
  });

  it('with a body over the limit is answered while its client is still sending', async () => {
    const { call, gateway } = await start();
    const answer = await call(`/production/@connections/${NOBODY}`, { body: Buffer.alloc(5_000_000) });
    expect(answer.statusCode).toBe(413);
    expect(gateway.connections()).toBe(0);
  });

  it('that breaks off does not affect other calls', async () => {
    const test = await start();
    const raw = new RawSocket(test.gateway.port);
    raw.send(`POST /production/@connections/${NOBODY} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf`);
    raw.socket.end();
    await raw.ended;
    await open(test);
  });
});

describe("the SDK's client", () => {
  const client = ({ gateway, clock }: TestGateway): ApiGatewayManagementApiClient =>
    new ApiGatewayManagementApiClient({
      endpoint: `http://127.0.0.1:${gateway.port}/production`,
      region: REGION,
      credentials: DEVELOPER,
      maxAttempts: 1,
      systemClockOffset: clock.now() - Date.now(),
    });

  it('posts, gets and deletes', async () => {
    const test = await start();
    const sdk = client(test);
    const { client: receiver, connectionId: ConnectionId } = await open(test);
    await sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'hello' }));
    expect(await receiver.next()).toBe('hello');
    const info = await sdk.send(new GetConnectionCommand({ ConnectionId }));
    expect(info).toMatchObject({
      ConnectedAt: expect.any(Date),
      LastActiveAt: expect.any(Date),
      Identity: { SourceIp: '127.0.0.1', UserAgent: 'wscat' },
    });
    await sdk.send(new DeleteConnectionCommand({ ConnectionId }));
    expect((await receiver.closed).code).toBe(1000);
    const gone = sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }));
    await expect(gone).rejects.toBeInstanceOf(GoneException);
    await expect(gone).rejects.toMatchObject({ $metadata: { httpStatusCode: 410, requestId: expect.any(String) } });
    sdk.destroy();
  });

  it('throws the exceptions of the SDK', async () => {
    const test = await start({ faults: { onPost: () => ({ outcome: 429 }) } });
    const sdk = client(test);
    const { connectionId: ConnectionId } = await open(test);
    const post = (Data: string): Promise<unknown> => sdk.send(new PostToConnectionCommand({ ConnectionId, Data }));
    await expect(post('x')).rejects.toBeInstanceOf(LimitExceededException);
    await expect(post('a'.repeat(131_073))).rejects.toBeInstanceOf(PayloadTooLargeException);
    await expect(sdk.send(new PostToConnectionCommand({ ConnectionId: 'test-1', Data: 'x' }))).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Invalid connectionId: test-1',
    });
    sdk.destroy();
  });

  it('corrects its clock by the Date header of a refusal', async () => {
    const test = await start();
    await test.clock.advance(3_600_000);
    const sdk = new ApiGatewayManagementApiClient({
      endpoint: `http://127.0.0.1:${test.gateway.port}/production`,
      region: REGION,
      credentials: DEVELOPER,
    });
    const { client: receiver, connectionId: ConnectionId } = await open(test);
    await sdk.send(new PostToConnectionCommand({ ConnectionId, Data: 'an hour ahead' }));
    expect(await receiver.next()).toBe('an hour ahead');
    sdk.destroy();
  });
});

describe('a fault', () => {
  it('of 410 or 429 answers without a delivery, and the connection stays', async () => {
    const outcomes = [410, 429, undefined] as const;
    let post = 0;
    const test = await start({
      faults: {
        onPost: () => {
          const outcome = outcomes[post++];
          return outcome && { outcome };
        },
      },
    });
    const { client, path } = await open(test);
    expect((await test.call(path, { body: 'one' })).statusCode).toBe(410);
    expect((await test.call(path, { body: 'two' })).statusCode).toBe(429);
    expect((await test.call(path, { body: 'three' })).statusCode).toBe(200);
    expect(await client.next()).toBe('three');
  });

  it('of delay holds back one post by the clock', async () => {
    const asked = aSignal();
    const test = await start({ faults: { onPost: () => asked.give({ delayMs: 3_600_000 }) } });
    const { client, path } = await open(test);
    const posted = test.call(path, { body: 'late' });
    await asked.given;
    await test.clock.advance(3_600_000);
    expect((await posted).statusCode).toBe(410); // after an hour without a message, the idle connection was closed
    expect((await client.closed).code).toBe(1001);
  });

  it('of hang never answers, and ends with the gateway', async () => {
    const asked = aSignal();
    const test = await start({ faults: { onPost: () => asked.give({ outcome: 'hang' }) } });
    const { path } = await open(test);
    const posted = test.call(path, { body: 'x' });
    posted.catch(() => {});
    await asked.given;
    await test.gateway.stop();
    await expect(posted).rejects.toThrow();
  });
});

const aSignal = () => {
  let resolve = (): void => {};
  const given = new Promise<void>((done) => {
    resolve = done;
  });
  return {
    given,
    give: (fault: PostFault): PostFault => {
      resolve();
      return fault;
    },
  };
};

it('answers a plain GET of the stage with 426, as a browser sends it', async () => {
  const { gateway } = await start();
  const raw = new RawSocket(gateway.port);
  const answer = await raw.send('GET /production HTTP/1.1\r\nHost: localhost\r\n\r\n').until('}');
  expect(answer).toMatch(/^HTTP\/1\.1 426 Upgrade Required/);
});
