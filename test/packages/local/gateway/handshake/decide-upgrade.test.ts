import { afterEach, describe, expect, it } from '@jest/globals';
import { formatRequestTime } from '../../../../../packages/local/gateway/events/request-context.ts';
import { until } from '../../../../support/until.ts';
import { RawSocket, upgradeRequest } from '../support/raw-socket.ts';
import {
  API_ID,
  DOMAIN_NAME,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
} from '../support/test-gateway.ts';

let running: TestGateway;
const start = async (options: TestGatewayOptions = {}): Promise<TestGateway> => {
  running = await startTestGateway(options);
  return running;
};
const connected = { $connect: () => ({ statusCode: 200 }) };
afterEach(() => running.stop());

describe('the event of $connect', () => {
  it('has exactly the fields that API Gateway sends', async () => {
    const { connect, events, clock } = await start({ functions: connected });
    await clock.advance(24 * 3_600_000); // the event follows the run's clock, not the system's
    const before = clock.now();
    await connect('/production', [], { headers: { 'User-Agent': 'wscat', Cookie: 'a=b' } }).opened();
    const after = clock.now();
    const [{ headers, multiValueHeaders, requestContext, ...rest }] = events;
    expect(rest).toEqual({ isBase64Encoded: false });
    expect(requestContext).toEqual({
      routeKey: '$connect',
      eventType: 'CONNECT',
      extendedRequestId: expect.stringMatching(/^[\w-]{15}=$/),
      requestTime: formatRequestTime(requestContext.requestTimeEpoch),
      messageDirection: 'IN',
      stage: 'production',
      connectedAt: expect.any(Number),
      requestTimeEpoch: expect.any(Number),
      identity: { userAgent: 'wscat', sourceIp: '127.0.0.1' },
      requestId: requestContext.extendedRequestId,
      domainName: DOMAIN_NAME,
      connectionId: expect.stringMatching(/^[\w-]{15}=$/),
      apiId: API_ID,
    });
    const { connectedAt, requestTimeEpoch } = requestContext;
    const inOrder = [before, connectedAt, requestTimeEpoch, after];
    expect(inOrder.toSorted((a, b) => a - b)).toEqual(inOrder);
    expect(headers).toEqual({
      Host: DOMAIN_NAME,
      'X-Amzn-Trace-Id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Port': '443',
      'X-Forwarded-Proto': 'https',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': expect.stringMatching(/==$/),
      'Sec-WebSocket-Extensions': expect.stringContaining('permessage-deflate'),
      'User-Agent': 'wscat',
      Cookie: 'a=b',
    });
    expect(multiValueHeaders).toEqual(
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    );
  });

  it("keeps the client's case of header names, and treats names that differ only in case as one", async () => {
    const { gateway, events } = await start({ functions: connected });
    const request = upgradeRequest('/production', {
      'x-MiXed': 'one',
      'X-Mixed': 'two',
      'X-Forwarded-For': '10.0.0.1',
    });
    await new RawSocket(gateway.port).send(request).until('101');
    expect(events[0].headers).toMatchObject({ 'x-MiXed': 'two', 'X-Forwarded-For': '10.0.0.1, 127.0.0.1' });
    expect(events[0].multiValueHeaders['x-MiXed']).toEqual(['one', 'two']);
    expect(events[0].headers).not.toHaveProperty('X-Mixed');
  });

  it('has an identity without userAgent if the client did not send one', async () => {
    const { gateway, events } = await start({ functions: connected });
    await new RawSocket(gateway.port).send(upgradeRequest()).until('101');
    expect(events[0].requestContext.identity).toEqual({ sourceIp: '127.0.0.1' });
  });

  it('has decoded query strings, with the last value of a repeated key', async () => {
    const { connect, events } = await start({ functions: connected });
    await connect('/production?room=a%20b&tag=1&tag=2&__proto__=x').opened();
    expect({ ...events[0].queryStringParameters }).toEqual(JSON.parse('{"room":"a b","tag":"2","__proto__":"x"}'));
    expect(events[0].multiValueQueryStringParameters.tag).toEqual(['1', '2']);
  });

  it('has stage variables only if the stage has any', async () => {
    const stages = [{ name: 'production', variables: { colour: 'red' } }];
    const { connect, events } = await start({ functions: connected, stages });
    await connect().opened();
    expect(events[0].stageVariables).toEqual({ colour: 'red' });
  });
});

describe('the handshake', () => {
  it('is held until $connect has answered, without a 101 or a connection before', async () => {
    let finish = (): void => {};
    const $connect = (): Promise<unknown> =>
      new Promise((resolve) => {
        finish = () => resolve({ statusCode: 200 });
      });
    const { gateway, events, call } = await start({ functions: { $connect } });
    const client = new RawSocket(gateway.port).send(upgradeRequest());
    await until(() => events.length > 0);
    const path = `/production/@connections/${encodeURIComponent(events[0].requestContext.connectionId)}`;
    expect((await call(path, { body: 'too early' })).statusCode).toBe(410);
    expect(client.received).toHaveLength(0);
    expect(gateway.connections()).toBe(0);
    finish();
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
    expect((await call(path, { body: 'in time' })).statusCode).toBe(200);
    expect((await client.frames(9)).toString('latin1')).toBe('\x81\x07in time');
  });

  it.each([200, 201, 204, 299])('succeeds when $connect answers %d', async (statusCode) => {
    const { connect } = await start({ functions: { $connect: () => ({ statusCode }) } });
    await connect().opened();
  });

  it.each([301, 400, 401, 403, 500, 501])(
    'is refused with the status %d of $connect, without its body',
    async (statusCode) => {
      const { connect, gateway } = await start({ functions: { $connect: () => ({ statusCode, body: 'secret' }) } });
      expect(await connect().refused()).toMatchObject({ statusCode, body: '' });
      expect(gateway.connections()).toBe(0);
    },
  );

  it('is refused with a log line that has the status and the start of the body of $connect', async () => {
    const body = `No such room:\n${'x'.repeat(500)}`;
    const { connect, log } = await start({ functions: { $connect: () => ({ statusCode: 404, body }) } });
    await connect().refused();
    const why = `$connect answered 404: No such room: ${'x'.repeat(286)}…`;
    expect(log).toContainEqual({ type: 'refused', statusCode: 404, why });
  });

  it.each([
    ['throws', () => Promise.reject(new Error('inside'))],
    ['returns nothing', () => undefined],
    ['returns no status', () => ({ body: 'x' })],
    ['returns text', () => 'ok'],
    ['returns a field that a result does not have', () => ({ statusCode: 200, status: 200 })],
    ['returns an invalid status', () => ({ statusCode: 1_000 })],
    ['returns a status that would open the connection', () => ({ statusCode: 101 })],
  ])('is refused with 502 if $connect %s', async (_, $connect) => {
    const { connect } = await start({ functions: { $connect } });
    const refusal = await connect().refused();
    expect(refusal).toMatchObject({ statusCode: 502, body: '{"message":"Internal server error"}' });
  });

  it('is refused with 504 if $connect outlives its integration timeout', async () => {
    const { connect, clock, events } = await start({ functions: { $connect: () => new Promise(() => {}) } });
    const refusal = connect().refused();
    await until(() => events.length > 0);
    await clock.advance(29_000);
    expect((await refusal).statusCode).toBe(504);
  });

  it('succeeds without a $connect route, and with the trailing slash of a stage', async () => {
    const { connect } = await start();
    await connect('/production').opened();
    await connect('/production/').opened();
  });

  it.each(['/', '/prod', '/production/chat', '/Production', '/productionx'])(
    'is refused with 403 on the path %s',
    async (path) => {
      const { connect, events } = await start({ functions: connected });
      expect(await connect(path).refused()).toMatchObject({ statusCode: 403, body: '{"message":"Forbidden"}' });
      expect(events).toEqual([]);
    },
  );

  it('is refused with 403 for the host of another API only', async () => {
    const { gateway } = await start();
    const answer = async (Host: string): Promise<string> =>
      new RawSocket(gateway.port).send(upgradeRequest('/production', { Host })).until('\r\n\r\n');
    expect(await answer('evil.example.com')).toMatch(/^HTTP\/1\.1 403 /);
    for (const host of [DOMAIN_NAME, 'localhost:3001', 'chat.localhost', '[::1]:3001']) {
      expect(await answer(host)).toMatch(/^HTTP\/1\.1 101 /);
    }
  });

  it.each<[string, Record<string, string | undefined>, number]>([
    ['no key', { 'Sec-WebSocket-Key': undefined }, 400],
    ['an invalid key', { 'Sec-WebSocket-Key': 'short' }, 400],
    ['no version', { 'Sec-WebSocket-Version': undefined }, 426],
    ['an old version', { 'Sec-WebSocket-Version': '8' }, 426],
    ['another protocol', { Upgrade: 'h2c' }, 426],
    ['a URL of more than 4,096 characters', { path: `/production?${'x'.repeat(4_090)}` }, 414],
  ])('is refused with %s before $connect runs', async (_, { path, ...headers }, statusCode) => {
    const { gateway, events } = await start({ functions: connected });
    const answer = await new RawSocket(gateway.port).send(upgradeRequest(path, headers)).ended;
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
    expect(events).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])(
    'is refused with the method %s before $connect runs',
    async (method) => {
      const { gateway, events, log } = await start({ functions: connected });
      const request = upgradeRequest().replace('GET', method);
      expect(await new RawSocket(gateway.port).send(request).ended).toMatch(/^HTTP\/1\.1 426 /);
      expect(events).toEqual([]);
      expect(log).toEqual([
        {
          type: 'refused',
          statusCode: 426,
          why: `the request must be GET with Upgrade: websocket, not ${method} with Upgrade: websocket`,
        },
      ]);
    },
  );

  it('is refused with 426 without an upgrade, before $connect runs', async () => {
    const { call, events } = await start({ functions: connected });
    expect((await call('/production', { method: 'GET', credentials: null })).statusCode).toBe(426);
    expect(events).toEqual([]);
  });

  it('is refused with 429 if the stage is throttled', async () => {
    const stages = [{ name: 'production', variables: {}, throttle: { rateLimit: 1, burstLimit: 1 } }];
    const { connect, events } = await start({ functions: connected, stages });
    await connect().opened();
    expect((await connect().refused()).statusCode).toBe(429);
    expect(events).toHaveLength(1);
  });

  it('logs why it was refused', async () => {
    const { connect, log } = await start({ functions: { $connect: () => Promise.reject(new TypeError('inside')) } });
    await connect().refused();
    expect(log).toEqual([{ type: 'refused', statusCode: 502, why: '$connect failed: TypeError' }]);
  });

  it('runs $disconnect for a client that left during it', async () => {
    let finish = (): void => {};
    const functions = {
      $connect: () =>
        new Promise((resolve) => {
          finish = () => resolve({ statusCode: 200 });
        }),
      $disconnect: () => ({ statusCode: 200 }),
    };
    const { gateway, events, call } = await start({ functions });
    const client = new RawSocket(gateway.port).send(upgradeRequest());
    await until(() => events.length > 0);
    client.socket.resetAndDestroy();
    await client.ended;
    await call('/production', { method: 'GET' }); // when it answers, the gateway has seen the reset too
    finish();
    await until(() => events.length > 1);
    const { connectionId } = events[0].requestContext;
    expect(events[1].requestContext).toMatchObject({
      eventType: 'DISCONNECT',
      connectionId,
      disconnectStatusCode: 1006,
    });
  });
});

describe('the subprotocol', () => {
  const answering = (headers?: Record<string, string>): TestGatewayOptions => ({
    functions: { $connect: () => ({ statusCode: 200, ...(headers && { headers }) }) },
  });

  it('reaches $connect as a header, and the gateway does not answer it by itself', async () => {
    const { gateway, events } = await start(answering());
    const request = upgradeRequest('/production', { 'Sec-WebSocket-Protocol': 'chat, token' });
    const answer = await new RawSocket(gateway.port).send(request).until('\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).not.toMatch(/sec-websocket-protocol/i);
    expect(events[0].headers['Sec-WebSocket-Protocol']).toBe('chat, token');
  });

  it('is answered if $connect returns it, in any case of the header name', async () => {
    const { connect } = await start(answering({ 'sec-websocket-PROTOCOL': 'chat' }));
    const client = await connect('/production', ['chat', 'token']).opened();
    expect(client.webSocket.protocol).toBe('chat');
  });

  it('fails $connect if it is not a token, and is not sent', async () => {
    const { connect } = await start(answering({ 'Sec-WebSocket-Protocol': 'chat\r\nSet-Cookie: a=b' }));
    expect((await connect('/production', ['chat']).refused()).statusCode).toBe(502);
  });

  it('does not enable permessage-deflate', async () => {
    const { connect } = await start(answering());
    const client = await connect().opened();
    expect(client.webSocket.extensions).toBe('');
  });
});

describe('the header X-Amzn-Trace-Id', () => {
  it("is the client's own if it sent one", async () => {
    const { gateway, events } = await start({ functions: connected });
    const trace = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
    const request = upgradeRequest('/production', { 'x-amzn-trace-id': trace });
    await new RawSocket(gateway.port).send(request).until('101');
    expect(events[0].headers['X-Amzn-Trace-Id']).toBe(trace);
    expect(events[0].multiValueHeaders['X-Amzn-Trace-Id']).toEqual([trace]);
    expect(events[0].headers).not.toHaveProperty('x-amzn-trace-id');
  });
});

describe('the subprotocol in multiValueHeaders', () => {
  const answering = (multiValueHeaders: Record<string, string[]>, headers?: Record<string, string>) =>
    start({ functions: { $connect: () => ({ statusCode: 200, multiValueHeaders, ...(headers && { headers }) }) } });

  it('is answered like one in headers', async () => {
    const { connect } = await answering({ 'Sec-WebSocket-Protocol': ['chat'] });
    const client = await connect('/production', ['token', 'chat']).opened();
    expect(client.webSocket.protocol).toBe('chat');
  });

  it('fails $connect if there are several', async () => {
    const { connect } = await answering({ 'Sec-WebSocket-Protocol': ['chat', 'token'] });
    expect((await connect('/production', ['token', 'chat']).refused()).statusCode).toBe(502);
  });
});
