import { describe, expect, it } from '@jest/globals';
import { handler } from '../../handlers/default.ts';
import type { WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { aContext, aMessageEvent, fakeServices } from '../../testing/index.ts';
import { aConnectionRow } from '../support/a-connection-row.ts';
import { captureLogs } from '../support/capture-logs.ts';

const HELP = 'Use the send-message route to send a message. Your info: ';
const info = {
  ConnectedAt: '2026-11-20T08:04:01.123Z',
  Identity: { SourceIp: '192.0.2.7', UserAgent: 'wscat' },
  LastActiveAt: '2026-11-20T08:05:02.456Z',
};
const aMessage = (body?: string) => aMessageEvent({ connectionId: 'c1', body });

describe('default', () => {
  it.each(['hello', '{"action":"no-such-route"}', 'null', '[1,2]', '5', ''])(
    'answers %p with the help text and the connection’s info from API Gateway',
    async (body) => {
      const services = fakeServices({ connections: { c1: info } });
      expect(await handler(aMessage(body), aContext({ services }))).toEqual({ statusCode: 200 });
      expect(services.poster.posted).toEqual([
        {
          connectionId: 'c1',
          data: `${HELP}{"ConnectedAt":"2026-11-20T08:04:01.123Z","Identity":{"SourceIp":"192.0.2.7","UserAgent":"wscat"},"LastActiveAt":"2026-11-20T08:05:02.456Z","connectionId":"c1"}`,
        },
      ]);
      expect(services.queue.sent).toEqual([]);
    },
  );

  it('answers without the info if API Gateway does not answer, and logs why', async () => {
    const { logger, lines } = captureLogs();
    const services = fakeServices({ down: ['manager'] });
    expect(await handler(aMessage('hello'), aContext({ services, logger }))).toEqual({ statusCode: 200 });
    expect(services.poster.posted).toEqual([{ connectionId: 'c1', data: `${HELP}{"connectionId":"c1"}` }]);
    expect(lines).toMatchObject([{ level: 'WARN', error: { message: expect.stringContaining('is down') } }, {}]);
  });

  it.each(['{"action":"send-message"', '[1,', '{hello}'])(
    'refuses %p as malformed JSON, without the help text',
    async (body) => {
      const services = fakeServices({ connections: { c1: info } });
      expect(await handler(aMessage(body), aContext({ services }))).toEqual({ statusCode: 200 });
      expect(services.poster.posted).toHaveLength(1);
      expect(JSON.parse(services.poster.posted[0]?.data ?? '')).toMatchObject({ code: 'MESSAGE_MALFORMED' });
      expect(services.queue.sent).toEqual([]);
    },
  );

  it('deletes the row of a caller that is gone', async () => {
    const services = fakeServices({ gone: ['c1'], rows: [aConnectionRow({ connectionId: 'c1' })] });
    expect(await handler(aMessage('hello'), aContext({ services }))).toEqual({ statusCode: 200 });
    expect(services.connections.rows.size).toBe(0);
  });

  it('accepts the console’s test event', async () => {
    const services = fakeServices();
    const event = { requestContext: { connectionId: 'testConnectionId' } } as WebSocketEvent;
    expect(await handler(event, aContext({ services }))).toEqual({ statusCode: 200 });
    expect(services.poster.posted).toMatchObject([{ connectionId: 'testConnectionId' }]);
  });
});
