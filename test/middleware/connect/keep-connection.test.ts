import { afterEach, describe, expect, it, jest } from '@jest/globals';
import middy from '@middy/core';
import { answerSubprotocol } from '../../../middleware/connect/answer-subprotocol.ts';
import { type KeepConnectionOptions, keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import type { WebSocketEvent } from '../../../schemas/web-socket-event.ts';
import {
  aConnectEvent,
  aContext,
  aDisconnectEvent,
  aMessageEvent,
  type FakeServices,
  fakeServices,
} from '../../../testing/index.ts';

const CONNECTED_AT = 1_700_000_000;
const connection = { connectionId: 'PJqB0fHsqRcCHlw=', connectedAt: CONNECTED_AT * 1_000 + 123 };

const rowAfter = async (event: WebSocketEvent, options?: { ttlSeconds: number }) => {
  const services = fakeServices();
  const handler = middy(() => ({ statusCode: 200 })).use(keepConnection(options));
  await handler(event as never, aContext({ services }));
  return services.connections.rows.get(connection.connectionId);
};

describe('keepConnection', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('writes the row of a new connection, with a life of two hours and five minutes', async () => {
    expect(await rowAfter(aConnectEvent(connection))).toEqual({
      connectionId: connection.connectionId,
      connectedAt: CONNECTED_AT,
      ttl: CONNECTED_AT + 7_500,
    });
  });

  it('sets the life of the row to ttlSeconds', async () => {
    expect(await rowAfter(aConnectEvent(connection), { ttlSeconds: 3_600 })).toMatchObject({
      ttl: CONNECTED_AT + 3_600,
    });
  });

  it('counts the life of the row from each message', async () => {
    jest.useFakeTimers({ now: (CONNECTED_AT + 1_000) * 1_000 });
    expect(await rowAfter(aMessageEvent({ ...connection, body: 'hi' }), { ttlSeconds: 3_600 })).toMatchObject({
      connectedAt: CONNECTED_AT,
      ttl: CONNECTED_AT + 1_000 + 3_600,
    });
  });

  it('ends the row with the token of its connection', async () => {
    const authorizer = { principalId: 'ada', exp: String(CONNECTED_AT + 60) };
    expect(await rowAfter(aConnectEvent({ ...connection, authorizer }))).toMatchObject({ ttl: CONNECTED_AT + 60 });
  });

  it('ends the row with the whole second of an expiry with a fraction', async () => {
    const authorizer = { exp: `${CONNECTED_AT + 60}.9` };
    expect(await rowAfter(aConnectEvent({ ...connection, authorizer }))).toMatchObject({ ttl: CONNECTED_AT + 60 });
  });

  it.each([`${CONNECTED_AT}`, '0', '', 'never', null, 'Infinity'])(
    'writes no row for a connection whose expiry %p is past or invalid',
    async (exp) => {
      expect(await rowAfter(aConnectEvent({ ...connection, authorizer: { exp } }))).toBeUndefined();
    },
  );

  it('counts from now for an event without connectedAt', async () => {
    jest.useFakeTimers({ now: CONNECTED_AT * 1_000 + 999 });
    expect(await rowAfter(aConnectEvent({ ...connection, connectedAt: undefined as never }))).toMatchObject({
      connectedAt: CONNECTED_AT,
      ttl: CONNECTED_AT + 7_500,
    });
  });

  it('writes no row on $disconnect', async () => {
    expect(await rowAfter(aDisconnectEvent(connection))).toBeUndefined();
  });

  it.each([1, 7_500])('accepts a ttl of %p seconds', async (ttlSeconds) => {
    expect(await rowAfter(aConnectEvent(connection), { ttlSeconds })).toMatchObject({ ttl: CONNECTED_AT + ttlSeconds });
  });

  it.each([0, -1, 1.5, 7_501, Number.NaN])('refuses a ttl of %p seconds at set-up', (ttlSeconds) => {
    expect(() => keepConnection({ ttlSeconds })).toThrow("keepConnection: Option 'ttlSeconds' must be");
  });
});

describe('keepConnection with channels', () => {
  const now = Math.floor(Date.now() / 1_000);
  const opened = { connectionId: 'c1', connectedAt: now * 1_000 };
  const times = { connectedAt: now, ttl: now + 7_500 };

  const connect = async (
    event: WebSocketEvent,
    { services = fakeServices(), ...options }: KeepConnectionOptions & { services?: FakeServices } = {},
  ) => {
    const handler = webSocketRoute().use([answerSubprotocol(), keepConnection(options)]);
    const response = await handler.handler(() => {})(event, aContext({ services }));
    return { response, services };
  };

  it.each<[string, KeepConnectionOptions, Record<string, unknown> | undefined, string]>([
    ['the authorizer’s sub', {}, { sub: 'ann@x', principalId: 'other' }, 'ann%40x'],
    ['the option', { user: () => 'bob' }, { sub: 'ann' }, 'bob'],
  ])('opens the connection of %s, with the channel of its user, before it writes the row', async (...row) => {
    const [, options, authorizer, user] = row;
    const { services } = await connect(aConnectEvent({ ...opened, ...(authorizer && { authorizer }) }), options);
    const connection = { connectionId: 'c1', user, ...times };
    expect([...services.channels.connections.values()]).toEqual([
      { connection, channels: new Set([`user:${user}`]), ended: false },
    ]);
    expect(services.channels.subscriptions.get(`user:${user}`)?.get(`${user}#c1`)).toEqual(connection);
    expect(services.connections.rows.get('c1')).toEqual({ connectionId: 'c1', ...times });
  });

  it.each<[string, KeepConnectionOptions, Record<string, unknown>]>([
    ['the option returns undefined', { user: () => undefined }, { sub: 'ann' }],
    ['the option returns an empty text', { user: () => '' }, { sub: 'ann' }],
    ['there is no sub', {}, { principalId: 'user' }],
    ['the sub is not a text', {}, { sub: 5 }],
  ])('opens a connection without a user if %s', async (_, options, authorizer) => {
    const { services } = await connect(aConnectEvent({ ...opened, authorizer }), options);
    expect(services.channels.connections.get('c1')).toMatchObject({ connection: { user: '' }, channels: new Set() });
    expect(services.channels.subscriptions.size).toBe(0);
  });

  it.each(['x'.repeat(101), '@'.repeat(34), '\ud800'])(
    'answers 400 to the user %j, and writes nothing',
    async (sub) => {
      const { services, response } = await connect(aConnectEvent({ ...opened, authorizer: { sub } }));
      expect(response).toEqual({ statusCode: 400 });
      expect(services.channels.connections.size + services.connections.rows.size).toBe(0);
    },
  );

  it('fails if the option returns another value', async () => {
    const { response } = await connect(aConnectEvent(opened), { user: () => 5 as never });
    expect(response).toEqual({ statusCode: 500 });
  });

  it('writes no row if the channel table is down', async () => {
    const services = fakeServices({ down: ['channels'] });
    const { response } = await connect(aConnectEvent(opened), { services });
    expect(response).toEqual({ statusCode: 500 });
    expect(services.connections.rows.size).toBe(0);
  });

  it.each([
    ['fanout.v1, token', true],
    ['token, fanout.v1', false],
    ['fanout.v2', false],
  ])('notes that a client that offers %s speaks the subprotocol: %p', async (offered, speaks) => {
    const event = aConnectEvent({ ...opened, headers: { 'Sec-WebSocket-Protocol': offered } });
    const { services, response } = await connect(event);
    expect(response.headers).toEqual(speaks ? { 'Sec-WebSocket-Protocol': 'fanout.v1' } : undefined);
    expect(services.connections.rows.get('c1')?.protocol).toBe(speaks ? true : undefined);
    expect(services.channels.connections.get('c1')?.connection.protocol).toBe(speaks ? true : undefined);
  });

  it('does not note a subprotocol that nobody answers', async () => {
    const services = fakeServices();
    const event = aConnectEvent({ ...opened, headers: { 'Sec-WebSocket-Protocol': 'fanout.v1' } });
    await webSocketRoute()
      .use(keepConnection())
      .handler(() => {})(event, aContext({ services }));
    expect(services.connections.rows.get('c1')).toEqual({ connectionId: 'c1', ...times });
  });

  it('leaves the channel table alone on a message, and keeps that the client speaks the subprotocol', async () => {
    const event = aConnectEvent({ ...opened, headers: { 'Sec-WebSocket-Protocol': 'fanout.v1' } });
    const { services } = await connect(event);
    services.channels.down = true;
    const { response } = await connect(aMessageEvent({ ...opened, body: 'hi' }), { services });
    expect(response).toEqual({ statusCode: 200 });
    expect(services.connections.rows.get('c1')?.protocol).toBe(true);
  });

  it('needs no channel table', async () => {
    const { channels: _, channelQueue: __, ...services } = fakeServices();
    const event = aConnectEvent({ ...opened, authorizer: { sub: 'x'.repeat(101) } });
    const { response } = await connect(event, { services: services as FakeServices });
    expect(response).toEqual({ statusCode: 200 });
    expect(services.connections.rows.get('c1')).toEqual({ connectionId: 'c1', ...times });
  });
});
