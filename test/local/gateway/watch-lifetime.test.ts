import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../builders/until.ts';
import { startTestGateway, type TestGateway } from './support/test-gateway.ts';

const MINUTE_MS = 60_000;
const ok = (): unknown => ({ statusCode: 200 });
const functions = { $connect: ok, $disconnect: ok, $default: ok };

let running: TestGateway;
const start = async (): Promise<TestGateway> => {
  running = await startTestGateway({ functions });
  return running;
};
afterEach(() => running.stop());

const disconnectOf = async ({ events }: TestGateway) => {
  const find = () => events.find(({ requestContext }) => requestContext.eventType === 'DISCONNECT');
  while (!find()) await new Promise(setImmediate);
  const { disconnectStatusCode: code, disconnectReason: reason } = find().requestContext;
  return { code, reason };
};

const post = async ({ events, call, clock }: TestGateway, body: string): Promise<void> => {
  const path = `/production/@connections/${encodeURIComponent(events[0].requestContext.connectionId)}`;
  expect(await call(path, { body, signingDate: new Date(clock.now()) })).toMatchObject({ statusCode: 200 });
};

describe('a connection', () => {
  it('is closed with 1001 after ten minutes without a message', async () => {
    const test = await start();
    const client = await test.connect().opened();
    await test.clock.advance(9.9 * MINUTE_MS);
    expect(test.gateway.connections()).toBe(1);
    await test.clock.advance(0.2 * MINUTE_MS);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await disconnectOf(test)).toEqual({ code: 1001, reason: 'Going away' });
  });

  it('is kept by a message of the client and by a post to it', async () => {
    const test = await start();
    const client = await test.connect().opened();
    await test.clock.advance(9 * MINUTE_MS);
    client.send('I am here');
    while (test.events.length < 2) await new Promise(setImmediate);
    await test.clock.advance(9 * MINUTE_MS);
    await post(test, 'so am I');
    await test.clock.advance(9 * MINUTE_MS);
    expect(await client.next()).toBe('so am I');
    expect(test.gateway.connections()).toBe(1);
    await test.clock.advance(1.1 * MINUTE_MS);
    expect((await client.closed).code).toBe(1001);
  });

  it('is not kept by pings', async () => {
    const test = await start();
    const client = await test.connect().opened();
    await test.clock.advance(9 * MINUTE_MS);
    const pong = new Promise((resolve) => client.webSocket.once('pong', resolve));
    client.webSocket.ping();
    await pong;
    await test.clock.advance(1.1 * MINUTE_MS);
    expect((await client.closed).code).toBe(1001);
  });

  it('is closed with 1001 after two hours, however busy', async () => {
    const test = await start();
    const client = await test.connect().opened();
    for (let minutes = 9; minutes < 120; minutes += 9) {
      await test.clock.advance(9 * MINUTE_MS);
      await post(test, String(minutes));
    }
    await test.clock.advance(2.9 * MINUTE_MS);
    expect(test.gateway.connections()).toBe(1);
    await test.clock.advance(0.2 * MINUTE_MS);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });
});

describe('the two hours', () => {
  it('begin with the upgrade request, not when its authorizer or $connect has answered', async () => {
    const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
    const results = [{ principalId: 'me', policyDocument: { Statement } }, ok()];
    let finish = (): void => {};
    const held = () =>
      new Promise((resolve) => {
        finish = () => resolve(results.shift());
      });
    running = await startTestGateway({
      functions: { ...functions, auth: held, $connect: held },
      routes: [
        {
          routeKey: '$connect',
          twoWay: false,
          authorizer: { logicalId: 'Auth', functionName: 'auth', identitySources: [] },
          integration: { type: 'lambda', functionName: '$connect', timeoutMs: 10 * MINUTE_MS },
        },
      ],
    });
    const { connect, events, clock, gateway } = running;
    const client = connect();
    const opening = client.opened();
    await until(() => events.length === 1);
    await clock.advance(2.5 * MINUTE_MS);
    finish();
    await until(() => events.length === 2);
    await clock.advance(2.5 * MINUTE_MS);
    finish();
    await opening;
    for (let minutes = 5; minutes < 117; minutes += 8) {
      await clock.advance(8 * MINUTE_MS);
      await post(running, String(minutes));
    }
    expect(gateway.connections()).toBe(1);
    await clock.advance(3.1 * MINUTE_MS);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });
});
