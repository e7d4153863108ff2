import { describe, expect, it } from '@jest/globals';
import { handler } from '../../handlers/disconnect.ts';
import type { WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { aContext, aDisconnectEvent, fakeServices } from '../../testing/index.ts';
import { aConnectionRow } from '../support/a-connection-row.ts';
import { openServices } from '../support/a-room.ts';

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

  it('ends the connection in the channels, and queues the end of its subscriptions for 30 seconds later', async () => {
    const services = await openServices({ connectionId: 'c1', user: 'ann' }, { connectionId: 'c2' });
    await handler(aDisconnectEvent({ connectionId: 'c1' }), aContext({ services }));
    expect(services.channels.connections.get('c1')?.ended).toBe(true);
    expect(services.channels.connections.get('c2')?.ended).toBe(false);
    expect(services.queue.ended).toEqual([{ record: { v: 2, ended: ['c1'] }, delaySeconds: 30 }]);
  });

  it('queues nothing for a connection that is not in the channels', async () => {
    const services = fakeServices();
    await handler(aDisconnectEvent(), aContext({ services }));
    expect(services.queue.ended).toEqual([]);
  });

  it.each(['table', 'channels', 'queue'] as const)('answers 500 while %s is down, and does the rest', async (down) => {
    const services = await openServices({ connectionId: 'c1' });
    await services.connections.put(aConnectionRow({ connectionId: 'c1' }));
    ({ ...services, table: services.connections })[down].down = true;
    expect(await handler(aDisconnectEvent({ connectionId: 'c1' }), aContext({ services }))).toEqual({
      statusCode: 500,
    });
    expect(services.connections.rows.has('c1')).toBe(down === 'table');
    expect(services.queue.ended).toHaveLength(down === 'table' ? 1 : 0);
  });

  it('needs no channels', async () => {
    const {
      channels: _,
      channelQueue: __,
      ...services
    } = fakeServices({ rows: [aConnectionRow({ connectionId: 'c1' })] });
    const event = aDisconnectEvent({ connectionId: 'c1' });
    expect(await handler(event, aContext({ services }))).toEqual({ statusCode: 200 });
    expect([services.connections.rows.size, services.queue.ended]).toEqual([0, []]);
  });
});
