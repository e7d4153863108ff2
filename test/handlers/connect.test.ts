import { describe, expect, it } from '@jest/globals';
import { handler } from '../../handlers/connect.ts';
import type { WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { aConnectEvent, aContext, fakeServices } from '../../testing/index.ts';

describe('connect', () => {
  it('writes one row, which lives two hours and five minutes, and accepts the handshake', async () => {
    const services = fakeServices();
    const event = aConnectEvent({ connectionId: 'c1', connectedAt: 1_795_219_006_999 });
    expect(await handler(event, aContext({ services }))).toEqual({ statusCode: 200 });
    expect([...services.connections.rows.values()]).toEqual([
      { connectionId: 'c1', connectedAt: 1_795_219_006, ttl: 1_795_219_006 + 7_200 + 300 },
    ]);
  });

  it('refuses the handshake with 500, and writes no row, while the table is down', async () => {
    const services = fakeServices({ down: ['table'] });
    expect(await handler(aConnectEvent(), aContext({ services }))).toEqual({ statusCode: 500 });
    expect(services.connections.rows.size).toBe(0);
    expect(services.poster.attempted).toEqual([]); // no post can reach the caller yet
  });

  it('accepts the console’s test event, which has no connectedAt', async () => {
    const services = fakeServices();
    const event = { requestContext: { connectionId: 'testConnectionId' } } as WebSocketEvent;
    const before = Math.floor(Date.now() / 1_000);
    expect(await handler(event, aContext({ services }))).toEqual({ statusCode: 200 });
    const row = services.connections.rows.get('testConnectionId');
    expect(row?.connectedAt).toBeGreaterThanOrEqual(before);
    expect(row?.connectedAt).toBeLessThanOrEqual(Date.now() / 1_000);
  });

  it('answers fanout.v1, and the row and the channels say so', async () => {
    const services = fakeServices();
    const event = aConnectEvent({ connectionId: 'c1', headers: { 'Sec-WebSocket-Protocol': 'fanout.v1, token' } });
    const headers = { 'Sec-WebSocket-Protocol': 'fanout.v1' };
    expect(await handler(event, aContext({ services }))).toEqual({ statusCode: 200, headers });
    expect(services.connections.rows.get('c1')).toMatchObject({ protocol: true });
    expect(services.channels.connections.get('c1')).toMatchObject({ connection: { protocol: true } });
  });
});
