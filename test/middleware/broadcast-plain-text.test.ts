import { describe, expect, it } from '@jest/globals';
import { type BroadcastPlainTextOptions, broadcastPlainText } from '../../middleware/broadcast-plain-text.ts';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';
import { aContext, aMessageEvent, fakeServices } from '../../testing/index.ts';
import { captureLogs } from '../support/capture-logs.ts';

const queuedBy = async (body: string | undefined, options?: BroadcastPlainTextOptions) => {
  const services = fakeServices();
  let handled = false;
  const handler = webSocketRoute()
    .use(broadcastPlainText(options))
    .handler(() => {
      handled = true;
    });
  await handler(aMessageEvent({ body, connectionId: 'me=' }), aContext({ services }));
  return { queued: services.queue.sent.map(({ data, except }) => ({ data, except })), handled };
};

describe('broadcastPlainText', () => {
  it('broadcasts the text to everybody else, and does not run the handler', async () => {
    expect(await queuedBy('hello, everyone')).toEqual({
      queued: [{ data: 'hello, everyone', except: 'me=' }],
      handled: false,
    });
  });

  it('includes the sender with toSender', async () => {
    expect(await queuedBy('hello', { toSender: true })).toMatchObject({
      queued: [{ data: 'hello', except: undefined }],
    });
  });

  it.each(['{"action":"no-such-route"}', '{"cut off', ' [1]', '', '  ', undefined])(
    'leaves %p to the handler',
    async (body) => expect(await queuedBy(body)).toEqual({ queued: [], handled: true }),
  );

  it('logs the id of the broadcast', async () => {
    const services = fakeServices();
    const { logger, lines } = captureLogs();
    const handler = webSocketRoute()
      .use(broadcastPlainText())
      .handler(() => {});
    await handler(aMessageEvent({ body: 'hello' }), aContext({ services, logger }));
    expect(lines).toHaveLength(1);
    expect(lines).toMatchObject([{ message: 'Handled', broadcastIds: [services.queue.sent[0]?.id] }]);
  });
});
