import { afterEach, describe, expect, it, jest } from '@jest/globals';
import middy from '@middy/core';
import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import type { WebSocketEvent } from '../../../schemas/web-socket-event.ts';
import { aConnectEvent, aContext, aDisconnectEvent, aMessageEvent, fakeServices } from '../../../testing/index.ts';

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
