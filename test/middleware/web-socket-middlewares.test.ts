import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { webSocketMiddlewares, webSocketRoute } from '../../middleware/web-socket-route.ts';
import { ClientError } from '../../schemas/errors.ts';
import { sendMessage } from '../../schemas/send-message.validator.ts';
import { aContext, aMessageEvent, fakeServices } from '../../testing/index.ts';
import { captureLogs } from '../support/capture-logs.ts';

const hello = { action: 'send-message', message: 'hello' };
const teapot = { statusCode: 418 };

describe('webSocketMiddlewares', () => {
  it('make a route of a Middy application, typed from the validator', async () => {
    const services = fakeServices();
    const handler = middy()
      .use(webSocketMiddlewares(sendMessage))
      .handler(async ({ body, rawBody }, { broadcast, reply }) => {
        await broadcast(body.message.toUpperCase());
        await reply(rawBody);
        return undefined;
      });
    const event = aMessageEvent({ body: hello });
    expect(await handler(event as never, aContext({ services }) as never)).toEqual({ statusCode: 200 });
    expect(services.queue.sent).toMatchObject([{ data: 'HELLO' }]);
    expect(services.poster.posted).toMatchObject([{ data: JSON.stringify(hello) }]);
  });

  it('leave the body a text without a validator', async () => {
    const services = fakeServices();
    const handler = middy()
      .use(webSocketMiddlewares())
      .handler(async ({ body }, { reply }) => {
        await reply(body?.toUpperCase() ?? '');
        return undefined;
      });
    await handler(aMessageEvent({ body: 'hello' }) as never, aContext({ services }) as never);
    expect(services.poster.posted).toMatchObject([{ data: 'HELLO' }]);
  });

  it('let a warm-up before them end an event that is not a WebSocket event', async () => {
    const { logger, lines } = captureLogs();
    const handler = middy()
      .use({ before: ({ event }) => (Object(event).source === 'warm-up' ? 'warm' : undefined) })
      .use(webSocketMiddlewares({ logger }))
      .handler(() => undefined);
    expect(await handler({ source: 'warm-up' } as never, {} as never)).toBe('warm');
    expect(lines).toEqual([]);
  });

  it('use the given poster and the given logger', async () => {
    const { logger, lines } = captureLogs();
    const { poster, ...services } = fakeServices();
    const handler = middy()
      .use({
        before: ({ context }) => {
          Object.assign(context, { services: { ...services, poster: fakeServices().poster } });
        },
      })
      .use(webSocketMiddlewares({ logger, errors: { poster } }))
      .handler(async (_, { reply }) => {
        await reply('hello');
        throw new ClientError('FORBIDDEN');
      });
    await handler(aMessageEvent() as never, {} as never);
    expect(poster.posted.map(({ data }) => data)).toEqual(['hello', expect.stringContaining('FORBIDDEN')]);
    expect(lines).toMatchObject([{ message: 'Refused', code: 'FORBIDDEN' }]);
  });
});

const fail = () => {
  throw new Error('broken');
};

describe('the log of webSocketMiddlewares', () => {
  it.each<[string, object, object]>([
    ['the handler returns', {}, { level: 'INFO', message: 'Handled' }],
    ['a middleware answers before the handler', { before: () => teapot }, { message: 'Handled' }],
    ['a middleware answers after the handler', { after: () => teapot }, { message: 'Handled' }],
    ['a middleware throws before the handler', { before: fail }, { level: 'ERROR', message: 'Failed' }],
    ['the handler throws', { handler: fail }, { level: 'ERROR', message: 'Failed' }],
    ['the handler throws and a middleware answers', { handler: fail, onError: () => teapot }, { message: 'Failed' }],
    [
      'undefined is thrown and a middleware answers',
      { handler: () => Promise.reject(undefined), onError: () => teapot },
      { level: 'ERROR', message: 'Failed', error: { name: 'NotAnError' } },
    ],
    [
      'the handler refuses and a middleware sets the answer',
      {
        handler: () => Promise.reject(new ClientError('FORBIDDEN')),
        onError: (request: { response: unknown }) => {
          request.response = teapot;
        },
      },
      { level: 'WARN', message: 'Refused', code: 'FORBIDDEN' },
    ],
  ])(
    'has one line if %s',
    async (_case, { handler = () => undefined, ...hooks }: { handler?: () => unknown }, line) => {
      const { logger, lines } = captureLogs();
      const app = middy()
        .use(webSocketMiddlewares({ logger }))
        .use({ before: () => {}, ...hooks })
        .handler(handler as never);
      await app(aMessageEvent({ requestId: 'r1' }) as never, { services: fakeServices() } as never);
      expect(lines).toEqual([expect.objectContaining({ requestId: 'r1', durationMs: expect.any(Number) })]);
      expect(lines).toMatchObject([line]);
    },
  );

  it('has no line if an onError hook throws: the function fails with that error', async () => {
    const { logger, lines } = captureLogs();
    const app = middy()
      .use(webSocketMiddlewares({ logger }))
      .use({ onError: fail })
      .handler(() => Promise.reject(new Error('first')));
    const failed = app(aMessageEvent() as never, { services: fakeServices() } as never);
    await expect(failed).rejects.toMatchObject({ message: 'broken', cause: { message: 'first' } });
    expect(lines).toEqual([]);
  });
});

it('webSocketRoute passes Middy’s hooks on, and still logs', async () => {
  const { logger, lines } = captureLogs();
  const order: string[] = [];
  const record = (name: string) => () => void order.push(name);
  const plugin = {
    requestStart: record('start'),
    beforeHandler: record('before'),
    afterHandler: record('after'),
    requestEnd: async () => void order.push(`end after ${lines.length} line`),
  };
  await webSocketRoute({ plugin }).handler(record('handler'))(aMessageEvent(), aContext({ logger }));
  expect(order).toEqual(['start', 'before', 'handler', 'after', 'end after 1 line']);
});
