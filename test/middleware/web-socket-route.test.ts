import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { describe, expect, it, jest } from '@jest/globals';
import middy, { type MiddlewareObj } from '@middy/core';
import fc from 'fast-check';
import { answerErrors } from '../../middleware/answer-errors.ts';
import { parseBody } from '../../middleware/body/parse-body.ts';
import { validateBody } from '../../middleware/body/validate-body.ts';
import { broadcastPlainText } from '../../middleware/broadcast-plain-text.ts';
import { logRequests } from '../../middleware/log-requests.ts';
import { keepRawBody } from '../../middleware/normalize-event.ts';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';
import { ClientError } from '../../schemas/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { sendMessage } from '../../schemas/send-message.validator.ts';
import type { WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { aConnectEvent, aContext, aMessageEvent, fakeServices } from '../../testing/index.ts';
import { captureLogs } from '../support/capture-logs.ts';
import { until } from '../support/until.ts';

const hello = { action: 'send-message', message: 'hello' };
const framesTo = (services: ReturnType<typeof fakeServices>) =>
  services.poster.posted.map(({ data }) => JSON.parse(data));

describe('a route with a validator', () => {
  it('passes the parsed message, the text and the actions to its handler, and answers 200', async () => {
    const services = fakeServices();
    const handler = webSocketRoute(sendMessage).handler(async ({ body, rawBody }, { broadcast, reply }) => {
      await broadcast(body.message);
      await reply(rawBody);
    });
    const { logger, lines } = captureLogs();
    expect(await handler(aMessageEvent({ body: hello }), aContext({ services, logger }))).toEqual({ statusCode: 200 });
    expect(services.queue.sent).toMatchObject([{ data: 'hello' }]);
    expect(services.poster.posted).toMatchObject([{ data: JSON.stringify(hello) }]);
    expect(lines).toMatchObject([{ message: 'Handled', broadcastIds: [services.queue.sent[0]?.id] }]);
  });

  it.each([
    ['text that is not JSON', 'hello', 'MESSAGE_MALFORMED'],
    ['JSON that is cut off', '{"action":"send-message"', 'MESSAGE_MALFORMED'],
    ['a message that breaks the schema', { ...hello, message: 5 }, 'MESSAGE_INVALID'],
    ['a forbidden key', '{"action":"send-message","message":"hello","__proto__":{}}', 'MESSAGE_INVALID'],
    ['no body', undefined, 'MESSAGE_INVALID'],
    ['null', 'null', 'MESSAGE_INVALID'],
    ['an array', '[]', 'MESSAGE_INVALID'],
  ])('refuses %s with one frame, answers 200, and does not run the handler', async (_, body, code) => {
    const services = fakeServices();
    let ran = false;
    const handler = webSocketRoute(sendMessage).handler(() => {
      ran = true;
    });
    const event = aMessageEvent({ body, connectionId: 'c1', requestId: 'r1' });
    expect(await handler(event, aContext({ services }))).toEqual({ statusCode: 200 });
    expect(framesTo(services)).toMatchObject([{ connectionId: 'c1', requestId: 'r1', code }]);
    expect(framesTo(services)[0].errors).toHaveLength(1);
    expect(ran).toBe(false);
  });
});

describe('a message with an ackId', () => {
  const answered = async (body: unknown) => {
    const services = fakeServices();
    const handler = webSocketRoute(sendMessage).handler(({ body }) => ({ length: body.message.length }));
    const response = await handler(aMessageEvent({ body }), aContext({ services }));
    expect(response).toEqual({ statusCode: 200 });
    return framesTo(services);
  };

  it('is answered with the value of the handler, although the schema allows no other field', async () => {
    expect(await answered({ ...hello, ackId: 7 })).toEqual([{ type: 'ack', ackId: 7, result: { length: 5 } }]);
  });

  it('is refused with its ackId', async () => {
    expect(await answered({ ...hello, message: 5, ackId: 7 })).toMatchObject([{ code: 'MESSAGE_INVALID', ackId: 7 }]);
  });

  it('is the only one that is answered', async () => expect(await answered(hello)).toEqual([]));
});

describe('a route without a validator', () => {
  it.each(['hello', '{"a":1}', ''])('passes the text %p to its handler unchanged', async (body) => {
    const services = fakeServices();
    const handler = webSocketRoute().handler(({ body, rawBody }, { reply }) => reply(`${body}|${rawBody}`));
    await handler(aMessageEvent({ body }), aContext({ services }));
    expect(services.poster.posted).toMatchObject([{ data: `${body}|${body}` }]);
  });
});

describe('a route whose handler fails', () => {
  const failing = (error: unknown) =>
    webSocketRoute().handler(async () => {
      throw error;
    });

  it('hides the error from the sender, and logs it with the same request id', async () => {
    const services = fakeServices();
    const { logger, lines } = captureLogs();
    const error = new Error('cannot write arn:aws:dynamodb:us-east-1:123456789012:table/secrets');
    const event = aMessageEvent({ connectionId: 'c1', requestId: 'r1' });
    expect(await failing(error)(event, aContext({ services, logger }))).toEqual({ statusCode: 200 });
    expect(services.poster.posted).toEqual([
      {
        connectionId: 'c1',
        data: '{"message":"Internal server error","connectionId":"c1","requestId":"r1","code":"INTERNAL"}',
      },
    ]);
    expect(lines).toMatchObject([{ level: 'ERROR', requestId: 'r1', error: { message: error.message } }]);
  });

  it.each([undefined, null, 'text', 0])('treats a thrown %p as an error', async (thrown) => {
    const services = fakeServices();
    expect(await failing(thrown)(aMessageEvent(), aContext({ services }))).toEqual({ statusCode: 200 });
    expect(framesTo(services)).toMatchObject([{ code: 'INTERNAL' }]);
  });

  it('refuses a broadcast that is too large, and queues nothing', async () => {
    const services = fakeServices();
    const handler = webSocketRoute().handler(({ rawBody }, { broadcast }) => broadcast(rawBody));
    const body = 'é'.repeat(MAX_MESSAGE_BYTES / 2);
    await handler(aMessageEvent({ body }), aContext({ services }));
    await handler(aMessageEvent({ body: `${body}!` }), aContext({ services }));
    expect(services.queue.sent).toHaveLength(1);
    expect(framesTo(services)).toMatchObject([{ code: 'MESSAGE_TOO_LARGE' }]);
  });

  it.each([{}, { Records: [] }, { requestContext: {} }, { requestContext: { connectionId: 5 } }])(
    'fails on %p, which is not a WebSocket event',
    async (event) => {
      const services = fakeServices();
      const handler = webSocketRoute().handler(() => {});
      await expect(handler(event as WebSocketEvent, aContext({ services }))).rejects.toThrow(
        'Not a WebSocket event: requestContext.connectionId is missing',
      );
      expect(services.poster.attempted).toEqual([]);
    },
  );

  it('answers UNAUTHORIZED if the token has expired, and does not run the handler', async () => {
    const services = fakeServices();
    const handler = webSocketRoute().handler((_, { broadcast }) => broadcast('hello'));
    await handler(aMessageEvent({ authorizer: { exp: '1' } }), aContext({ services }));
    expect(framesTo(services)).toMatchObject([{ code: 'UNAUTHORIZED' }]);
    expect(services.queue.sent).toEqual([]);
  });

  it('refuses the handshake with the status of the error', async () => {
    expect(await failing(new ClientError('UNAUTHORIZED'))(aConnectEvent(), aContext())).toEqual({ statusCode: 401 });
  });

  it.each([
    ['its reserve', 150, 400],
    ['half of its time, if it has little', 1_000, 300],
  ])('is aborted with %s left, and its sender is answered', async (_, timeoutReserveMs, remainingMs) => {
    const services = fakeServices();
    const order: string[] = [];
    const handler = webSocketRoute({ timeoutReserveMs }).handler(
      (_event, _context, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => order.push('the handler is aborted'));
        }),
    );
    // Timers fire in the order of their due times, even if all of them are late.
    const getRemainingTimeInMillis = () => {
      setTimeout(() => order.push('100 ms have passed'), 100);
      setTimeout(() => order.push('nearly all time has passed'), remainingMs - 10);
      return remainingMs;
    };
    const context = aContext({ services, getRemainingTimeInMillis });
    expect(await handler(aMessageEvent(), context)).toEqual({ statusCode: 200 });
    expect(framesTo(services)).toMatchObject([{ code: 'INTERNAL' }]);
    await until(() => order.includes('nearly all time has passed'));
    expect([...new Set(order)]).toEqual(['100 ms have passed', 'the handler is aborted', 'nearly all time has passed']);
  });

  it('can use all of its time if timeoutReserveMs is 0', async () => {
    const { logger, lines } = captureLogs();
    const getRemainingTimeInMillis = () => 0;
    const handler = webSocketRoute({ timeoutReserveMs: 0 }).handler(
      () => new Promise((resolve) => setImmediate(() => setImmediate(resolve))),
    );
    await handler(aMessageEvent(), aContext({ logger, getRemainingTimeInMillis }));
    expect(lines).toMatchObject([{ message: 'Handled' }]);
  });
});

describe('a route whose function has little time', () => {
  it('logs one warning that says what to do, and still runs its handler', async () => {
    const { logger, lines } = captureLogs();
    const handler = webSocketRoute().handler(() => new Promise((resolve) => setImmediate(resolve)));
    const call = () => handler(aMessageEvent(), aContext({ logger, getRemainingTimeInMillis: () => 1_500 }));
    await call();
    await call();
    expect(lines).toMatchObject([
      {
        level: 'WARN',
        message:
          "The function has 1500 ms for an event, and reserves half of it for the answer. Set the function's timeout to 3000 ms or more, or set timeoutReserveMs to less than 1500",
      },
      { message: 'Handled' },
      { message: 'Handled' },
    ]);
  });

  it('logs no warning if the time is enough', async () => {
    const { logger, lines } = captureLogs();
    const handler = webSocketRoute().handler(async () => {});
    await handler(aMessageEvent(), aContext({ logger, getRemainingTimeInMillis: () => 3_000 }));
    expect(lines).toMatchObject([{ message: 'Handled' }]);
  });
});

describe('a route without .handler()', () => {
  it.each([
    ['a valid message', aMessageEvent({ body: hello })],
    ['an invalid message', aMessageEvent({ body: 'hello' })],
    ['a handshake', aConnectEvent()],
  ])('fails at %s, names itself, and does nothing else', async (_, event) => {
    const services = fakeServices();
    const { logger, lines } = captureLogs();
    const route = webSocketRoute(sendMessage).use(broadcastPlainText());
    await expect(route(event, aContext({ services, logger }))).rejects.toThrow(
      new Error('webSocketRoute(…) has no handler: add .handler(async (event, context) => …)'),
    );
    expect([services.poster.attempted, services.queue.sent, lines]).toEqual([[], [], []]);
  });
});

describe('a middleware that is added to a route', () => {
  it('runs around the handler, after the message was validated, and may refuse it', async () => {
    const services = fakeServices();
    const refuseShouting: MiddlewareObj<{ body: { message: string } }> = {
      before: ({ event }) => {
        if (event.body.message === event.body.message.toUpperCase()) throw new ClientError('FORBIDDEN');
      },
    };
    const handler = webSocketRoute(sendMessage)
      .use(refuseShouting)
      .handler((event, { broadcast }) => broadcast(event.body.message));
    await handler(aMessageEvent({ body: { ...hello, message: 'HELLO' } }), aContext({ services }));
    await handler(aMessageEvent({ body: hello }), aContext({ services }));
    await handler(aMessageEvent({ body: { ...hello, message: 5 } }), aContext({ services }));
    expect(services.queue.sent).toMatchObject([{ data: 'hello' }]);
    expect(framesTo(services)).toMatchObject([{ code: 'FORBIDDEN' }, { code: 'MESSAGE_INVALID' }]);
  });

  it('may come from any package, and in a list', async () => {
    const { logger, lines } = captureLogs();
    const route = webSocketRoute(sendMessage).use([injectLambdaContext(logger), { before: () => {} }]);
    const handler = route
      .before(() => {})
      .after(() => {})
      .onError(() => {})
      .handler((event) => {
        logger.info(event.body.message.toUpperCase());
      });
    await handler(aMessageEvent({ body: hello }), aContext());
    expect(lines).toMatchObject([{ message: 'HELLO', function_name: 'send-message' }]);
  });
});

describe('the log of a route', () => {
  const teapot = { statusCode: 418 };
  const fail = () => {
    throw new Error('broken');
  };
  const slowly = () => new Promise<never>(() => {});
  const handled = { level: 'INFO', message: 'Handled' };
  const failed = { level: 'ERROR', message: 'Failed', error: { message: 'broken' } };

  it.each<[string, object, object]>([
    ['the handler returns', {}, handled],
    ['a middleware answers before the handler', { before: () => teapot }, handled],
    ['a middleware answers after the handler', { after: () => teapot }, handled],
    ['a middleware throws before the handler', { before: fail }, failed],
    ['a middleware throws after the handler', { after: fail }, failed],
    ['the handler throws', { handler: fail }, failed],
    ['the handler throws and a middleware answers', { handler: fail, onError: () => teapot }, failed],
    [
      'the handler throws and a middleware sets the answer',
      {
        handler: fail,
        onError: (request: { response: unknown }) => {
          request.response = teapot;
        },
      },
      failed,
    ],
    [
      'the handler refuses and a middleware answers',
      { handler: () => Promise.reject(new ClientError('FORBIDDEN')), onError: () => teapot },
      { level: 'WARN', message: 'Refused', code: 'FORBIDDEN' },
    ],
    [
      'undefined is thrown and a middleware answers',
      { handler: () => Promise.reject(undefined), onError: () => teapot },
      { level: 'ERROR', message: 'Failed', error: { name: 'NotAnError' } },
    ],
    [
      'a middleware throws while it answers an error',
      { handler: () => Promise.reject(new Error('first')), onError: fail },
      { ...failed, error: { message: 'broken', cause: { message: 'first' } } },
    ],
    [
      'the time is up',
      { handler: slowly, timeoutReserveMs: 1, remainingMs: 2 },
      { level: 'ERROR', message: 'Failed', error: { name: 'TimeoutError' } },
    ],
  ])('has one line if %s', async (_case, hooks, line) => {
    const {
      handler = () => {},
      remainingMs = 60_000,
      timeoutReserveMs = 1_500,
      ...middleware
    } = hooks as {
      handler?: () => unknown;
      remainingMs?: number;
      timeoutReserveMs?: number;
      before?: () => unknown;
    };
    const { logger, lines } = captureLogs();
    const route = webSocketRoute({ timeoutReserveMs })
      .use({ before: () => {}, ...middleware })
      .handler(handler);
    const context = aContext({ logger, getRemainingTimeInMillis: () => remainingMs });
    await route(aMessageEvent({ requestId: 'r1' }), context).catch(() => {});
    expect(lines).toEqual([expect.objectContaining({ requestId: 'r1', durationMs: expect.any(Number) })]);
    expect(lines).toMatchObject([line]);
  });

  it('has the broadcast ids of an event that failed or ended early', async () => {
    const services = fakeServices();
    const { logger, lines } = captureLogs();
    const failing = webSocketRoute().handler(async (_, { broadcast }) => {
      await broadcast('hello');
      await broadcast('hello again');
      fail();
    });
    const early = webSocketRoute()
      .before(async ({ context }) => {
        await context.broadcast('hello');
        return teapot;
      })
      .handler(fail);
    await failing(aMessageEvent(), aContext({ services, logger }));
    expect(await early(aMessageEvent(), aContext({ services, logger }))).toEqual(teapot);
    const [first, again, second] = services.queue.sent;
    expect(lines).toMatchObject([
      { message: 'Failed', broadcastIds: [first?.id, again?.id] },
      { message: 'Handled', broadcastIds: [second?.id] },
    ]);
  });

  it('is written before a failure is answered', async () => {
    const services = fakeServices();
    const { logger, lines } = captureLogs();
    let linesAtAnswer = 0;
    services.poster.post = async () => {
      linesAtAnswer = lines.length;
      return { outcome: 'delivered' };
    };
    await webSocketRoute().handler(fail)(aMessageEvent(), aContext({ services, logger }));
    expect(linesAtAnswer).toBe(1);
  });

  it.each([null, {}, { requestContext: null }])(
    'says why %p was refused, without the ids of the previous event',
    async (event) => {
      const written: string[] = [];
      const route = webSocketRoute().handler(() => {});
      const { logger: _, ...context } = aContext({ awsRequestId: 'a1' });
      const stdout = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
      const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((line) => written.push(String(line)) > 0);
      await route(aMessageEvent({ requestId: 'r1' }), { ...context } as never);
      await expect(route(event as never, { ...context } as never)).rejects.toThrow('Not a WebSocket event');
      stdout.mockRestore();
      stderr.mockRestore();
      const lines = written.map((line) => JSON.parse(line));
      expect(lines).toMatchObject([{ message: 'Failed', requestId: 'a1' }]);
      expect(lines[0]).not.toHaveProperty('routeKey');
      expect(lines[0]).not.toHaveProperty('connection');
    },
  );
});

describe('the middlewares', () => {
  it('work in a Middy application without webSocketRoute', async () => {
    const services = fakeServices();
    const handler = middy<WebSocketEvent>(async () => ({ statusCode: 204 }))
      .use(answerErrors({ timeoutMs: 500, poster: services.poster }))
      .use(logRequests())
      .use(keepRawBody())
      .use(parseBody())
      .use(validateBody(sendMessage));
    const { logger } = aContext();
    const call = handler as unknown as (event: WebSocketEvent, context: object) => Promise<unknown>;
    expect(await call(aMessageEvent({ body: hello }), { logger })).toEqual({ statusCode: 204 });
    expect(await call(aMessageEvent({ body: { action: 'send-message' } }), { logger })).toEqual({ statusCode: 200 });
    expect(framesTo(services)).toMatchObject([{ code: 'MESSAGE_INVALID' }]);
  });
});

describe('for any message of a client', () => {
  const handler = webSocketRoute(sendMessage).handler((event, { broadcast }) => broadcast(event.body.message));
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString()),
    fc
      .record(
        { action: fc.constantFrom('send-message', 'x'), message: fc.anything(), [`__proto__`]: fc.anything() },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
    fc.string({ unit: 'grapheme', minLength: 1 }).map((message) => JSON.stringify({ action: 'send-message', message })),
  );

  it('the function answers 200, and either queues a valid message or refuses it with a code', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (body) => {
        const services = fakeServices();
        expect(await handler(aMessageEvent({ body }), aContext({ services }))).toEqual({ statusCode: 200 });
        const [sent, frames] = [services.queue.sent, framesTo(services)];
        expect(sent.length + frames.length).toBe(1);
        if (sent.length > 0) expect(sendMessage(JSON.parse(body))).toBe(true);
        else expect(['MESSAGE_MALFORMED', 'MESSAGE_INVALID']).toContain(frames[0].code);
      }),
      { numRuns: 300 },
    );
  });
});
