import { describe, expect, it } from '@jest/globals';
import { handler } from '../../handlers/disconnect.ts';
import type { WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { aContext, aDisconnectEvent, fakeServices } from '../../testing/index.ts';
import { aConnectionRow } from '../support/a-connection-row.ts';

describe('disconnect', () => {
  it('deletes only the row of the connection, even if the event comes twice', async () => {
    const rows = [aConnectionRow({ connectionId: 'c1' }), aConnectionRow({ connectionId: 'c2' })];
    const services = fakeServices({ rows });
    const event = aDisconnectEvent({ connectionId: 'c1' });
    expect(await handler(event, aContext({ services }))).toEqual({ statusCode: 200 });
    expect(await handler(event, aContext({ services }))).toEqual({ statusCode: 200 });
    expect([...services.connections.rows.keys()]).toEqual(['c2']);
  });

  it('answers 500 while the table is down, and posts nothing', async () => {
    const services = fakeServices({ down: ['table'] });
    expect(await handler(aDisconnectEvent(), aContext({ services }))).toEqual({ statusCode: 500 });
    expect(services.poster.attempted).toEqual([]);
  });

  it('accepts the console’s test event', async () => {
    const event = { requestContext: { connectionId: 'testConnectionId' } } as WebSocketEvent;
    expect(await handler(event, aContext())).toEqual({ statusCode: 200 });
  });
});
