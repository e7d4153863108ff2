import { describe, expect, it } from '@jest/globals';
import { handler } from '../../handlers/send-message.ts';
import { aContext, aMessageEvent, fakeServices } from '../../testing/index.ts';

const aMessage = (message: unknown) => aMessageEvent({ connectionId: 'c1', body: { action: 'send-message', message } });

describe('send-message', () => {
  it('queues one message for everybody but its sender, and posts nothing', async () => {
    const services = fakeServices();
    expect(await handler(aMessage('hello, everyone!'), aContext({ services }))).toEqual({ statusCode: 200 });
    expect(services.queue.sent).toMatchObject([{ data: 'hello, everyone!', except: 'c1' }]);
    expect(services.poster.attempted).toEqual([]);
    expect(services.connections.scannedPages).toBe(0);
  });

  it('tells the sender which rule the message breaks, and queues nothing', async () => {
    const services = fakeServices();
    expect(await handler(aMessage(5), aContext({ services }))).toEqual({ statusCode: 200 });
    expect(services.queue.sent).toEqual([]);
    expect(services.poster.posted).toHaveLength(1);
    expect(JSON.parse(services.poster.posted[0]?.data ?? '')).toMatchObject({
      code: 'MESSAGE_INVALID',
      errors: [{ path: '/message', rule: 'type', message: '/message must be string' }],
    });
  });

  it('queues the largest message that its schema allows, in bytes', async () => {
    const services = fakeServices();
    const message = '\u{10FFFF}'.repeat(30_000); // the schema counts code points: these are 120,000 bytes
    await handler(aMessage(message), aContext({ services }));
    expect(services.queue.sent).toMatchObject([{ data: message }]);
  });

  it('answers INTERNAL with the request id if the queue is down', async () => {
    const services = fakeServices({ down: ['queue'] });
    expect(await handler(aMessage('hello'), aContext({ services }))).toEqual({ statusCode: 200 });
    expect(JSON.parse(services.poster.posted[0]?.data ?? '')).toEqual({
      message: 'Internal server error',
      connectionId: 'c1',
      requestId: aMessageEvent().requestContext.requestId,
      code: 'INTERNAL',
    });
  });
});
