import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../../support/until.ts';
import { type CallOptions, type CallResponse, startTestGateway, type TestGateway } from '../support/test-gateway.ts';

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
  const event = await until(() => events.find(({ requestContext }) => requestContext.eventType === 'DISCONNECT'));
  const { disconnectStatusCode: code, disconnectReason: reason } = event.requestContext;
  return { code, reason };
};

const callConnection = ({ events, call, clock }: TestGateway, options: CallOptions): Promise<CallResponse> => {
  const path = `/production/@connections/${encodeURIComponent(events[0].requestContext.connectionId)}`;
  return call(path, { ...options, signingDate: new Date(clock.now()) });
};
const post = async (test: TestGateway, body: string): Promise<void> =>
  expect(await callConnection(test, { body })).toMatchObject({ statusCode: 200 });
/** Asks by a call, because `connections()` also counts a connection that is closing. */
const expectOpen = async (test: TestGateway): Promise<void> =>
  expect(await callConnection(test, { method: 'GET' })).toMatchObject({ statusCode: 200 });

/** Moves the clock to this many minutes after the connection opened, less the time that the test took. */
const advanceTo = ({ events, clock }: TestGateway, minutes: number): Promise<void> =>
  clock.advance(Math.max(0, events[0].requestContext.connectedAt + minutes * MINUTE_MS - clock.now()));

describe('a connection', () => {
  it('is closed with 1001 after ten minutes without a message', async () => {
    const test = await start();
    const client = await test.connect().opened();
    await advanceTo(test, 9.9);
    await expectOpen(test);
    await advanceTo(test, 10.1);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await disconnectOf(test)).toEqual({ code: 1001, reason: 'Going away' });
  });

  it('is kept by a message from the client and by a post to it', async () => {
    const test = await start();
    const client = await test.connect().opened();
    await test.clock.advance(9 * MINUTE_MS);
    client.send('I am here');
    await until(() => test.events.length >= 2);
    await test.clock.advance(9 * MINUTE_MS);
    await post(test, 'so am I');
    await test.clock.advance(9 * MINUTE_MS);
    expect(await client.next()).toBe('so am I');
    await expectOpen(test);
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
    await advanceTo(test, 119.9);
    await expectOpen(test);
    await advanceTo(test, 120.1);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });
});

describe('the two hours', () => {
  it('begin with the upgrade request, not with the answer of the authorizer or $connect', async () => {
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
    const { connect, events, clock } = running;
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
    await expectOpen(running);
    await clock.advance(3.1 * MINUTE_MS);
    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });
});
