import { afterEach, describe, expect, it } from '@jest/globals';
import { errorFrame } from '../../../../../packages/local/gateway/messages/handle-message.ts';
import type { Route } from '../../../../../packages/local/model/application.ts';
import { MAX_MESSAGE_BYTES } from '../../../../../schemas/quotas.ts';
import { until } from '../../../../support/until.ts';
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
afterEach(() => running.stop());

const echo: Route = {
  routeKey: 'echo',
  twoWay: true,
  integration: { type: 'lambda', functionName: 'echo', timeoutMs: 29_000 },
};
const ok = (): unknown => ({ statusCode: 200 });

/** Fails if a frame comes before the echo of a marker that is sent now. */
const expectOnlyMarker = async (client: { send(data: unknown): void; next(): Promise<string> }): Promise<void> => {
  client.send({ action: 'echo', marker: true });
  expect(await client.next()).toBe('{"action":"echo","marker":true}');
};
const marked: TestGatewayOptions = {
  functions: { echo: ({ body }) => ({ statusCode: 200, body }) },
  routes: [echo],
};

describe('the event of a message', () => {
  it('has only requestContext, body and isBase64Encoded', async () => {
    const { connect, events } = await start({ functions: { $connect: ok, $default: ok } });
    const client = await connect().opened();
    client.send('  just text  ');
    await until(() => events.length >= 2);
    const [connectEvent, { requestContext, ...rest }] = events;
    expect(rest).toEqual({ body: '  just text  ', isBase64Encoded: false });
    expect(requestContext).toEqual({
      routeKey: '$default',
      messageId: expect.stringMatching(/^[\w-]{15}=$/),
      eventType: 'MESSAGE',
      extendedRequestId: requestContext.requestId,
      requestTime: expect.any(String),
      messageDirection: 'IN',
      stage: 'production',
      connectedAt: connectEvent.requestContext.connectedAt,
      requestTimeEpoch: expect.any(Number),
      identity: { sourceIp: '127.0.0.1' },
      requestId: expect.stringMatching(/^[\w-]{15}=$/),
      domainName: DOMAIN_NAME,
      connectionId: connectEvent.requestContext.connectionId,
      apiId: API_ID,
    });
    expect(requestContext.requestId).not.toBe(connectEvent.requestContext.requestId);
  });

  it('has stage variables if the stage has any', async () => {
    const stages = [{ name: 'production', variables: { colour: 'red' } }];
    const { connect, events } = await start({ functions: { $default: ok }, stages });
    (await connect().opened()).send('x');
    await until(() => events.length >= 1);
    expect(events[0].stageVariables).toEqual({ colour: 'red' });
  });
});

describe('route selection', () => {
  const routeOf = async (body: unknown, keys: string[]): Promise<string> => {
    const { connect, events } = await start({ functions: Object.fromEntries(keys.map((key) => [key, ok])) });
    const client = await connect().opened();
    const before = events.length;
    client.send(body);
    await until(() => events.length > before);
    return events.at(-1).requestContext.routeKey;
  };

  it.each([
    [{ action: 'send' }, 'send'],
    [{ action: 'Send' }, '$default'],
    [{ action: 'other' }, '$default'],
    [{ action: 5 }, '5'],
    [{ action: ['a', 'b'] }, '[a, b]'],
    ['hello', '$default'],
    ['{"action":"send"', '$default'],
    [{ action: '$default' }, '$default'],
    [{ action: '$connect' }, '$default'],
    [{ action: '$disconnect' }, '$default'],
  ])('sends %j to %s', async (body, routeKey) => {
    expect(await routeOf(body, ['send', '5', '[a, b]', '$default', '$connect', '$disconnect'])).toBe(routeKey);
  });

  it('answers Forbidden if no route matches and there is no $default, and keeps the connection', async () => {
    const { connect, gateway, events } = await start({ functions: { $connect: ok } });
    const client = await connect().opened();
    const { connectionId } = events[0].requestContext;
    client.send({ action: 'none' });
    const first = await client.next();
    expect(first).toMatch(
      new RegExp(`^{"message": "Forbidden", "connectionId":"${connectionId}", "requestId":"[\\w-]{15}="}$`),
    );
    client.send({ action: 'none' });
    expect(JSON.parse(await client.next()).requestId).not.toBe(JSON.parse(first).requestId);
    expect(gateway.connections()).toBe(1);
  });
});

describe('the answer to a message', () => {
  it.each([
    ['throws', () => Promise.reject(new Error('inside'))],
    ['returns nothing', () => undefined],
    ['returns an object that is not a proxy result', () => ({ hello: 'world' })],
  ])('is Internal server error with the requestId of the event if the function %s', async (_, $default) => {
    const { connect, events } = await start({ functions: { $default } });
    const client = await connect().opened();
    client.send('x');
    const { connectionId, requestId } = await until(() => events[0]?.requestContext);
    const frame = `{"message": "Internal server error", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
    expect(await client.nextFrame()).toEqual({ text: frame, isBinary: false });
  });

  it.each([200, 301, 404, 500])('is empty if the function returns %d with a body', async (statusCode) => {
    const functions = { ...marked.functions, send: () => ({ statusCode, body: 'not for the client' }) };
    const { connect } = await start({ ...marked, functions });
    const client = await connect().opened();
    client.send({ action: 'send' });
    await expectOnlyMarker(client);
  });

  it.each([400, 500])('is empty if the function returns %d, and the log shows the body', async (statusCode) => {
    const functions = { ...marked.functions, send: () => ({ statusCode, body: '{"error":"no table"}' }) };
    const { connect, log } = await start({ ...marked, functions });
    const client = await connect().opened();
    client.send({ action: 'send' });
    await expectOnlyMarker(client);
    expect(log.filter(({ type }) => type === 'failed')).toEqual([
      expect.objectContaining({ routeKey: 'send', why: `answered ${statusCode}: {"error":"no table"}` }),
    ]);
  });

  it('is Invalid request body if the message does not match its model, and no function runs', async () => {
    const send: Route = {
      routeKey: 'send',
      twoWay: false,
      integration: { type: 'lambda', functionName: 'send', timeoutMs: 29_000 },
      validation: { selectionExpression: '$default', models: { $default: { required: ['text'] } } },
    };
    const functions = { ...marked.functions, $connect: ok, send: ok };
    const { connect, events, log } = await start({ functions, routes: [echo, send] });
    const client = await connect().opened();
    client.send({ action: 'send', secret: 'x' });
    const { connectionId } = events[0].requestContext;
    expect(await client.next()).toMatch(
      new RegExp(`^{"message": "Invalid request body", "connectionId":"${connectionId}", "requestId":"[\\w-]{15}="}$`),
    );
    client.send({ action: 'send', text: 'x' });
    await expectOnlyMarker(client);
    expect(events.map(({ body }) => body)).toEqual([undefined, '{"action":"send","text":"x"}', expect.anything()]);
    expect(log.filter(({ type }) => type === 'failed')).toEqual([
      expect.objectContaining({
        routeKey: 'send',
        why: "the message is invalid: it does not match its model at #/required: must have required property 'text'",
      }),
    ]);
  });

  it('is empty if the function returns an empty object', async () => {
    const { connect } = await start({ ...marked, functions: { ...marked.functions, send: () => ({}) } });
    const client = await connect().opened();
    client.send({ action: 'send' });
    await expectOnlyMarker(client);
  });

  it.each([200, 500])('is the body if the route has a route response, with status %d too', async (statusCode) => {
    const functions = { echo: () => ({ statusCode, body: 'for the client' }) };
    const { connect } = await start({ functions, routes: [echo] });
    const client = await connect().opened();
    client.send({ action: 'echo' });
    expect(await client.nextFrame()).toEqual({ text: 'for the client', isBinary: false });
  });

  it('is the decoded body if the function marks it as Base64', async () => {
    const body = Buffer.from('grüezi').toString('base64');
    const { connect } = await start({ functions: { echo: () => ({ body, isBase64Encoded: true }) }, routes: [echo] });
    const client = await connect().opened();
    client.send({ action: 'echo' });
    expect(await client.next()).toBe('grüezi');
  });

  it('is Internal server error if the body has more than 128 KB', async () => {
    const { connect } = await start({ functions: { echo: () => ({ body: 'ü'.repeat(65_537) }) }, routes: [echo] });
    const client = await connect().opened();
    client.send({ action: 'echo' });
    expect(JSON.parse(await client.next()).message).toBe('Internal server error');
  });

  it('is dropped if the client does not read, and the log says so', async () => {
    const body = 'x'.repeat(MAX_MESSAGE_BYTES);
    const { connect, log } = await start({ functions: { $connect: ok, echo: () => ({ body }) }, routes: [echo] });
    const client = await connect().opened();
    client.webSocket.pause();
    const isSaid = () => log.some((event) => event.type === 'failed');
    for (let sent = 0; !isSaid() && sent < 1_000; sent++) {
      client.send({ action: 'echo' });
      await new Promise(setImmediate);
    }
    const why = 'the answer was dropped: the client does not read';
    expect(log).toContainEqual(expect.objectContaining({ type: 'failed', routeKey: 'echo', why }));
  });

  it('is Endpoint request timed out after the integration timeout, and the late answer is dropped', async () => {
    let finish: (result: unknown) => void = () => {};
    const functions = {
      $connect: ok,
      echo: ({ body }: { body: string }) =>
        body.includes('marker')
          ? { statusCode: 200, body }
          : new Promise((resolve) => {
              finish = resolve;
            }),
    };
    const { connect, clock, events } = await start({ functions, routes: [echo] });
    const client = await connect().opened();
    client.send({ action: 'echo' });
    await until(() => events.length >= 2);
    await clock.advance(29_000);
    const { connectionId, requestId } = events[1].requestContext;
    expect(await client.next()).toBe(
      `{"message": "Endpoint request timed out", "connectionId":"${connectionId}", "requestId":"${requestId}"}`,
    );
    finish({ statusCode: 200, body: 'late' });
    await expectOnlyMarker(client);
  });

  it('is Internal server error if the route has no integration', async () => {
    const { connect } = await start({ routes: [{ routeKey: '$default', twoWay: false }] });
    const client = await connect().opened();
    client.send('x');
    expect(JSON.parse(await client.next()).message).toBe('Internal server error');
  });

  it('is Too Many Requests if the stage is throttled, and the function does not run', async () => {
    const stages = [{ name: 'production', variables: {}, throttle: { rateLimit: 0.001, burstLimit: 2 } }];
    const { connect, events } = await start({ functions: { $default: ok }, stages });
    const client = await connect().opened();
    client.send('one');
    client.send('two');
    expect(JSON.parse(await client.next()).message).toBe('Too Many Requests');
    expect(events.map(({ body }) => body)).toEqual(['one']);
  });

  it('is the text of a mock integration with a route response, and empty without a route response', async () => {
    const ping: Route['integration'] = {
      type: 'mock',
      templateSelectionExpression: '200',
      requestTemplates: { '200': '{"statusCode":200}' },
      responses: [
        {
          key: '$default',
          templateSelectionExpression: '200',
          responseTemplates: { '200': 'pong $context.connectionId' },
        },
      ],
    };
    const routes: Route[] = [
      { routeKey: 'ping', twoWay: true, integration: ping },
      { routeKey: '$default', twoWay: false, integration: ping },
    ];
    const { connect, events } = await start({ functions: { $connect: ok }, routes });
    const client = await connect().opened();
    client.send('anything');
    client.send({ action: 'ping' });
    expect(await client.next()).toBe(`pong ${events[0].requestContext.connectionId}`);
  });
});

it('survives a message that is nested deeper than the stack, in a mock integration too', async () => {
  const deepEcho: Route = {
    routeKey: 'deep',
    twoWay: true,
    integration: {
      type: 'mock',
      requestTemplates: { $default: '{"statusCode":200}' },
      responses: [{ key: '$default', responseTemplates: { $default: "$input.path('$.deep')" } }],
    },
  };
  const { connect } = await start({ ...marked, routes: [echo, deepEcho] });
  const client = await connect().opened();
  const deep = `${'['.repeat(15_000)}${']'.repeat(15_000)}`;
  client.send(`{"action":${deep}}`);
  expect(JSON.parse(await client.next()).message).toBe('Forbidden');
  client.send(`{"action":"deep","deep":${deep}}`);
  expect(JSON.parse(await client.next()).message).toBe('Internal server error');
  await expectOnlyMarker(client);
});

describe('the messages of one connection', () => {
  it('reach the function in the order of their frames, and may run in it at the same time', async () => {
    const finishes: (() => void)[] = [];
    const $default = (): Promise<unknown> =>
      new Promise((resolve) => {
        finishes.push(() => resolve({ statusCode: 200 }));
      });
    const { connect, events } = await start({ functions: { $default } });
    const client = await connect().opened();
    const texts = Array.from({ length: 50 }, (_, index) => `message ${index}`);
    for (const text of texts) client.send(text);
    await until(() => events.length >= texts.length);
    expect(events.map(({ body }) => body)).toEqual(texts);
    expect(finishes).toHaveLength(texts.length);
    for (const finish of finishes) finish();
  });

  it('are not read while 1,000 of them run, and are read again after that', async () => {
    const finishes: (() => void)[] = [];
    const $default = (): Promise<unknown> =>
      new Promise((resolve) => {
        finishes.push(() => resolve({ statusCode: 200 }));
      });
    const { connect, events, call, gateway } = await start({ functions: { $connect: ok, $default } });
    const [greedy, other] = [await connect().opened(), await connect().opened()];
    const text = 'x'.repeat(1_000);
    for (let sent = 0; sent < 3_000; sent++) greedy.send(text);
    await until(() => finishes.length >= 1_000);
    // The other connection is still served.
    const path = `/production/@connections/${encodeURIComponent(events[1].requestContext.connectionId)}`;
    expect((await call(path, { body: 'hello' })).statusCode).toBe(200);
    expect(await other.next()).toBe('hello');
    expect(finishes.length).toBeLessThan(1_100);
    for (let finished = 0; finished < 3_000; finished++) {
      await until(() => finishes.length > finished);
      finishes[finished]?.();
    }
    expect(finishes).toHaveLength(3_000);
    expect(gateway.connections()).toBe(2);
  });
});

it("has the key order and the spacing of AWS's frames", () => {
  expect(errorFrame('Internal server error', 'QyiABCdefGHIjkl=', 'QyiXYZdefGHIjkl=')).toBe(
    '{"message": "Internal server error", "connectionId":"QyiABCdefGHIjkl=", "requestId":"QyiXYZdefGHIjkl="}',
  );
});
