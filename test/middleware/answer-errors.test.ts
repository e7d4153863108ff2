import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { createError } from '@middy/util';
import type { ConnectionPoster } from '../../aws/posting/connection-poster.ts';
import { answerErrors } from '../../middleware/answer-errors.ts';
import { ClientError } from '../../schemas/errors.ts';
import type { WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { aConnectEvent } from '../../testing/a-connect-event.ts';
import { aContext } from '../../testing/a-context.ts';
import { aDisconnectEvent } from '../../testing/a-disconnect-event.ts';
import { aMessageEvent } from '../../testing/a-message-event.ts';
import { fakeServices } from '../../testing/fake-services.ts';
import { aConnectionRow } from '../builders/a-connection-row.ts';
import { captureLogs } from '../builders/capture-logs.ts';

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

  it('deletes the row of a caller that is gone, answers 200 and tries nothing else', async () => {
    const services = fakeServices({ gone: ['c1'], rows: [aConnectionRow({ connectionId: 'c1' })] });
    const answer = await failWith(new Error(), aMessageEvent({ connectionId: 'c1' }), aContext({ services }));
    expect(answer).toEqual({ statusCode: 200 });
    expect(services.connections.rows.size).toBe(0);
    expect(services.poster.attempted).toHaveLength(1);
  });

  it.each(['throttled', 'failed', 'unknown', 'forbidden', 'too-large'] as const)(
    'answers 200, keeps the row and logs where the answer is %s',
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

  it('answers 200 where the stale row cannot be deleted, and logs it', async () => {
    const { logger, lines } = captureLogs();
    const services = fakeServices({ gone: ['c1'], tableDown: true });
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
  ])('answers 200 where the poster or the table breaks its promise and %s', async (_, fail) => {
    const [services, gone] = [fakeServices(), fakeServices({ gone: ['c1'] })];
    services.poster.post = fail;
    gone.connections.delete = fail;
    const event = () => aMessageEvent({ connectionId: 'c1' });
    expect(await failWith(new Error(), event(), aContext({ services }))).toEqual({ statusCode: 200 });
    expect(await failWith(new Error(), event(), aContext({ services: gone }))).toEqual({ statusCode: 200 });
  });
});

describe('answerErrors where there is nobody to post to', () => {
  it.each([
    ['a ClientError', new ClientError('UNAUTHORIZED'), 401],
    ['an error of createError', createError(403, 'no'), 403],
    ['the first status that refuses', Object.assign(new Error(), { statusCode: 400 }), 400],
    ['the last status that refuses', Object.assign(new Error(), { statusCode: 599 }), 599],
    ['a status beyond the last', Object.assign(new Error(), { statusCode: 600 }), 500],
    ['a status that refuses nothing', Object.assign(new Error(), { statusCode: 200 }), 500],
    ['any other error', new Error('the table is down'), 500],
    ['what is no error', undefined, 500],
  ])('answers %s on $connect by the status of the handshake', async (_, error, statusCode) => {
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
  ])('gives an answer, told %p, %d ms', async (timeoutMs, givenMs) => {
    const given: unknown[] = [];
    const poster: ConnectionPoster = {
      post: async (_connectionId, _data, options) => {
        given.push(options);
        return { outcome: 'delivered' };
      },
    };
    const handler = middy(() => Promise.reject(new Error())).use(
      answerErrors(timeoutMs === undefined ? {} : { timeoutMs }),
    );
    await handler(aMessageEvent(), aContext({ services: { ...fakeServices(), poster } }));
    expect(given).toEqual([{ timeoutMs: givenMs }]);
  });

  it('names the invocation in the frame if the event has no request id', async () => {
    const services = fakeServices();
    const event = aMessageEvent({ requestId: undefined as never });
    await failWith(new Error(), event, aContext({ services, awsRequestId: 'a1' }));
    expect(JSON.parse(services.poster.posted[0]?.data ?? '')).toMatchObject({ requestId: 'a1' });
  });

  it.each([0, -1, 5_001, Number.NaN])('refuses a timeout of %p ms at set-up', (timeoutMs) => {
    expect(() => answerErrors({ timeoutMs })).toThrow(`Expected timeoutMs to be from 1 to 5000, got ${timeoutMs}`);
  });

  it('lets the function fail where there are no services to answer with', async () => {
    const { services: _, ...context } = aContext();
    await expect(failWith(new Error('no CONNECTIONS_TABLE'), aMessageEvent(), context as never)).rejects.toThrow(
      'no CONNECTIONS_TABLE',
    );
  });
});
