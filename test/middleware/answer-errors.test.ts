import { describe, expect, it, jest } from '@jest/globals';
import middy from '@middy/core';
import { createError } from '@middy/util';
import type { ConnectionPoster } from '../../aws/posting/connection-poster.ts';
import { answerErrors, errorFrameOf } from '../../middleware/answer-errors.ts';
import { ClientError, ERROR_CODES, type ErrorCode, type SchemaViolation } from '../../schemas/errors.ts';
import { MAX_FRAME_BYTES } from '../../schemas/quotas.ts';
import type { WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { aConnectEvent, aContext, aDisconnectEvent, aMessageEvent, fakeServices } from '../../testing/index.ts';
import { aConnectionRow } from '../support/a-connection-row.ts';
import { captureLogs } from '../support/capture-logs.ts';

const failWith = (error: unknown, event: WebSocketEvent, context = aContext()): Promise<unknown> =>
  middy(async () => {
    throw error;
  }).use(answerErrors())(event, context);

describe('answerErrors on a message route', () => {
  it('posts the caller one error frame and answers 200', async () => {
    const services = fakeServices();
    const event = aMessageEvent({ connectionId: 'c1', requestId: 'r1' });
    expect(await failWith(new ClientError('FORBIDDEN'), event, aContext({ services }))).toEqual({ statusCode: 200 });
    expect(services.poster.posted).toEqual([
      { connectionId: 'c1', data: '{"message":"Forbidden","connectionId":"c1","requestId":"r1","code":"FORBIDDEN"}' },
    ]);
  });

  it('writes the cause of an internal error to the console if the context has no logger, and no refusal', async () => {
    const write = jest.spyOn(console, 'error').mockImplementation(() => {});
    try {
      const context = { awsRequestId: 'a', services: fakeServices() } as never;
      await failWith(new ClientError('FORBIDDEN'), aMessageEvent(), context);
      expect(write).not.toHaveBeenCalled();
      await failWith(new ClientError('INTERNAL'), aMessageEvent({ requestId: 'r0' }), context);
      await failWith(new Error('the table is gone'), aMessageEvent({ requestId: 'r1' }), context);
      expect(write.mock.calls).toEqual([
        ['Failed', { requestId: 'r0', error: expect.objectContaining({ message: 'Internal server error' }) }],
        ['Failed', { requestId: 'r1', error: expect.objectContaining({ message: 'the table is gone' }) }],
      ]);
    } finally {
      write.mockRestore();
    }
  });

  it('writes nothing to the console if another middleware has logged the error', async () => {
    const write = jest.spyOn(console, 'error').mockImplementation(() => {});
    try {
      const logged = (request: { internal: Record<string, unknown> }) => {
        request.internal.logged = true;
        throw new Error('the table is gone');
      };
      const context = { awsRequestId: 'a', services: fakeServices() } as never;
      await middy().use(answerErrors()).use({ before: logged })(aMessageEvent(), context);
      expect(write).not.toHaveBeenCalled();
    } finally {
      write.mockRestore();
    }
  });

  it('deletes the row of a caller that is gone, answers 200 and tries nothing else', async () => {
    const services = fakeServices({ gone: ['c1'], rows: [aConnectionRow({ connectionId: 'c1' })] });
    const answer = await failWith(new Error(), aMessageEvent({ connectionId: 'c1' }), aContext({ services }));
    expect(answer).toEqual({ statusCode: 200 });
    expect(services.connections.rows.size).toBe(0);
    expect(services.poster.attempted).toHaveLength(1);
  });

  it.each(['throttled', 'failed', 'unknown', 'forbidden', 'too-large'] as const)(
    'answers 200, keeps the row and logs the outcome if the post is %s',
    async (outcome) => {
      const { logger, lines } = captureLogs();
      const services = fakeServices({ outcomes: { c1: outcome }, rows: [aConnectionRow({ connectionId: 'c1' })] });
      const context = aContext({ services, logger });
      expect(await failWith(new Error(), aMessageEvent({ connectionId: 'c1' }), context)).toEqual({ statusCode: 200 });
      expect(services.connections.rows.size).toBe(1);
      expect(services.poster.attempted).toHaveLength(1);
      expect(lines).toMatchObject([{ level: 'WARN', answer: { outcome } }]);
    },
  );

  it('answers 200 if the stale row cannot be deleted, and logs it', async () => {
    const { logger, lines } = captureLogs();
    const services = fakeServices({ gone: ['c1'], down: ['table'] });
    const context = aContext({ services, logger });
    expect(await failWith(new Error(), aMessageEvent({ connectionId: 'c1' }), context)).toEqual({ statusCode: 200 });
    expect(lines[0]).toMatchObject({ level: 'WARN', message: 'A stale row was not deleted' });
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('answers 200 if the poster or the table breaks its contract and %s', async (_, fail) => {
    const [services, gone] = [fakeServices(), fakeServices({ gone: ['c1'] })];
    services.poster.post = fail;
    gone.connections.delete = fail;
    const event = () => aMessageEvent({ connectionId: 'c1' });
    expect(await failWith(new Error(), event(), aContext({ services }))).toEqual({ statusCode: 200 });
    expect(await failWith(new Error(), event(), aContext({ services: gone }))).toEqual({ statusCode: 200 });
  });
});

describe('answerErrors if no post can reach the caller', () => {
  it.each([
    ['a ClientError', new ClientError('UNAUTHORIZED'), 401],
    ['an error of createError', createError(403, 'no'), 403],
    ['the first status of a refusal', createError(400, 'no'), 400],
    ['the last status of a refusal', createError(499, 'no'), 499],
    ['a status without expose', createError(403, 'no', { expose: false }), 500],
    ['the first status of a failure', createError(500, 'no'), 500],
    ['the last status of a failure', createError(599, 'no'), 599],
    ['a status above the last', Object.assign(new Error(), { statusCode: 600 }), 500],
    ['a status of success', Object.assign(new Error(), { statusCode: 200, expose: true }), 500],
    ['an application’s code', new ClientError('ROOM_FULL', { message: 'Full', statusCode: 409 }), 409],
    ['any other error', new Error('the table is down'), 500],
    ['a value that is not an error', undefined, 500],
  ])('answers %s on $connect with the status of the handshake', async (_, error, statusCode) => {
    const services = fakeServices();
    expect(await failWith(error, aConnectEvent(), aContext({ services }))).toEqual({ statusCode });
    expect(services.poster.attempted).toEqual([]);
  });

  it('answers a status on $disconnect', async () => {
    const services = fakeServices();
    expect(await failWith(new Error(), aDisconnectEvent(), aContext({ services }))).toEqual({ statusCode: 500 });
    expect(services.poster.attempted).toEqual([]);
  });
});

describe('answerErrors', () => {
  it.each([
    [undefined, 1_000],
    [1, 1],
    [5_000, 5_000],
  ])('with the timeout %p, waits %d ms for an answer', async (timeoutMs, waitMs) => {
    const receivedOptions: unknown[] = [];
    const poster: ConnectionPoster = {
      post: async (_connectionId, _data, options) => {
        receivedOptions.push(options);
        return { outcome: 'delivered' };
      },
    };
    const handler = middy(() => Promise.reject(new Error())).use(
      answerErrors(timeoutMs === undefined ? {} : { timeoutMs }),
    );
    await handler(aMessageEvent(), aContext({ services: { ...fakeServices(), poster } }));
    expect(receivedOptions).toEqual([{ timeoutMs: waitMs }]);
  });

  it('uses the id of the invocation in the frame if the event has no request id', async () => {
    const services = fakeServices();
    const event = aMessageEvent({ requestId: undefined as never });
    await failWith(new Error(), event, aContext({ services, awsRequestId: 'a1' }));
    expect(JSON.parse(services.poster.posted[0]?.data ?? '')).toMatchObject({ requestId: 'a1' });
  });

  it.each([0, -1, 5_001, Number.NaN])('refuses a timeout of %p ms at set-up', (timeoutMs) => {
    expect(() => answerErrors({ timeoutMs })).toThrow(/^answerErrors: Option 'timeoutMs' must be (number|[<>]= \d+)\./);
  });

  it('lets the function fail if there is no poster', async () => {
    const { services: _, ...context } = aContext();
    await expect(
      failWith(new Error('no FAN_OUT_CONNECTIONS_TABLE'), aMessageEvent(), context as never),
    ).rejects.toThrow(
      'no FAN_OUT_CONNECTIONS_TABLE (the caller was not answered: answerErrors has no poster: put provideServices() before it, or write answerErrors({ poster }).',
    );
  });
});

const violations = (count: number, text = 'x'): SchemaViolation[] =>
  Array.from({ length: count }, (_, index) => ({ path: `/${index}${text}`, rule: 'type', message: text }));

describe('errorFrameOf', () => {
  it('begins with the keys of API Gateway’s own error frames, in their order', () => {
    expect(JSON.stringify(errorFrameOf(new ClientError('FORBIDDEN'), 'c1', 'r1'))).toBe(
      '{"message":"Forbidden","connectionId":"c1","requestId":"r1","code":"FORBIDDEN"}',
    );
  });

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('has the catalogue’s message for %s', (code) => {
    expect(errorFrameOf(new ClientError(code), 'c1', 'r1')).toMatchObject({ code, message: ERROR_CODES[code].message });
  });

  it.each([new Error('arn:aws:secret'), 'arn:aws:secret', undefined, { code: 'FORBIDDEN' }])(
    'hides an error that is not for clients',
    (error) => {
      expect(errorFrameOf(error, 'c1', 'r1')).toEqual({
        message: 'Internal server error',
        connectionId: 'c1',
        requestId: 'r1',
        code: 'INTERNAL',
      });
    },
  );

  it('shows no detail except the violations, and no cause', () => {
    const error = new ClientError('MESSAGE_TOO_LARGE', { table: 'secret' }, { cause: new Error('secret') });
    expect(JSON.stringify(errorFrameOf(error, 'c1', 'r1'))).not.toContain('secret');
  });

  it('lists ten violations and counts the others', () => {
    const frame = errorFrameOf(new ClientError('MESSAGE_INVALID', { errors: violations(13) }), 'c1', 'r1');
    expect(frame).toMatchObject({ errors: violations(10), moreErrors: 3 });
    const ten = errorFrameOf(new ClientError('MESSAGE_INVALID', { errors: violations(10) }), 'c1', 'r1');
    expect(ten).not.toHaveProperty('moreErrors');
  });

  it('shortens each text of a violation to 200 characters', () => {
    const [fits, long] = ['x'.repeat(200), 'x'.repeat(201)];
    const errors = [fits, long].map((text) => ({ path: text, rule: text, message: text }));
    const short = `${'x'.repeat(199)}…`;
    expect(errorFrameOf(new ClientError('MESSAGE_INVALID', { errors }), 'c1', 'r1').errors).toEqual([
      { path: fits, rule: fits, message: fits },
      { path: short, rule: short, message: short },
    ]);
  });

  it('fits one frame, however long the names that a client chose', () => {
    const error = new ClientError('MESSAGE_INVALID', { errors: violations(1_000, '\u0001'.repeat(30_000)) });
    expect(Buffer.byteLength(JSON.stringify(errorFrameOf(error, 'c1', 'r1')))).toBeLessThan(MAX_FRAME_BYTES);
  });
});
