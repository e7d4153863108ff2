import { describe, expect, it, jest } from '@jest/globals';
import { createError } from '@middy/util';
import { errorFrameOf, refusalStatus } from '../../middleware/answer-errors.ts';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';
import { ClientError, ERROR_CODES, type ErrorCode, type ErrorFrame } from '../../schemas/errors.ts';
import { aConnectEvent, aContext, aMessageEvent, fakeServices } from '../../testing/index.ts';
import { captureLogs } from '../support/capture-logs.ts';

const frameOf = (error: unknown) => errorFrameOf(error, 'c1', 'r1');
const FULL = { message: 'The room is full', statusCode: 409 };

describe('a ClientError with a code of the application', () => {
  it('sends its code and message to the client, and its status to a handshake', () => {
    const error = new ClientError('ROOM_FULL', { ...FULL, room: 'secret' });
    expect(frameOf(error)).toEqual({ message: FULL.message, connectionId: 'c1', requestId: 'r1', code: 'ROOM_FULL' });
    expect(refusalStatus(error)).toBe(409);
  });

  it('has the status 400 by default', () => {
    expect(refusalStatus(new ClientError('ROOM_FULL', { message: 'Full' }))).toBe(400);
  });

  it('sends violations, and the first 1,000 characters of its message', () => {
    const errors = [{ path: '/room', rule: 'exists', message: '/room does not exist' }];
    const error = new ClientError('NO_ROOM', { message: 'x'.repeat(1_001), errors });
    expect(frameOf(error)).toMatchObject({ message: `${'x'.repeat(999)}…`, errors });
  });

  it('is logged as a refusal, with its details', async () => {
    const { logger, lines } = captureLogs();
    const handler = webSocketRoute().handler(() => {
      throw new ClientError('ROOM_FULL', { ...FULL, room: 'blue' });
    });
    await handler(aMessageEvent(), aContext({ logger }));
    expect(lines).toMatchObject([{ level: 'WARN', message: 'Refused', code: 'ROOM_FULL', details: { room: 'blue' } }]);
    expect(lines[0]?.details).toEqual({ room: 'blue' });
  });

  it('is typed by its code', () => {
    const error: ClientError<'ROOM_FULL'> = new ClientError('ROOM_FULL', FULL);
    const code: 'ROOM_FULL' = error.code;
    const frame: Pick<ErrorFrame<'ROOM_FULL'>, 'code'> = { code };
    // @ts-expect-error not a code of the application
    const other: Pick<ErrorFrame<'ROOM_FULL'>, 'code'> = { code: 'BANNED' };
    // @ts-expect-error a code of the application needs a message
    expect(() => new ClientError('ROOM_FULL')).toThrow(TypeError);
    // @ts-expect-error a code of the framework has its own message
    expect(() => new ClientError('FORBIDDEN', { message: 'No' })).toThrow(TypeError);
    expect([frame, other]).toHaveLength(2);
  });
});

describe('a ClientError cannot be made', () => {
  it.each([
    ['', '""'],
    ['room_full', '"room_full"'],
    ['Room', '"Room"'],
    ['1ST', '"1ST"'],
    ['ROOM FULL', '"ROOM FULL"'],
    ['X'.repeat(65), `"${'X'.repeat(65)}"`],
    [undefined, 'undefined'],
    [5, '5'],
  ])('with the code %p', (code, got) => {
    expect(() => new ClientError(code as string, FULL)).toThrow(
      new TypeError(
        `ClientError: Expected a code of 1 to 64 upper-case letters, digits and "_", such as ROOM_FULL, got ${got}`,
      ),
    );
  });

  it.each([undefined, '', 5])('with the message %p', (message) => {
    expect(() => new ClientError('ROOM_FULL', { message } as never)).toThrow('ClientError: ROOM_FULL needs a message');
  });

  it.each([399, 500, 200, 400.5, '403', Number.NaN])('with the status %p', (statusCode) => {
    expect(() => new ClientError('ROOM_FULL', { message: 'Full', statusCode } as never)).toThrow(
      'ClientError: Expected statusCode of ROOM_FULL to be an integer from 400 to 499',
    );
  });

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('with another message or status for %s', (code) => {
    expect(() => new ClientError(code, { message: 'Other' } as never)).toThrow(
      `ClientError: ${code} has its own message`,
    );
    expect(() => new ClientError(code, { statusCode: 418 } as never)).toThrow(
      `ClientError: ${code} has its own statusCode`,
    );
  });

  it('accepts a code of 64 characters, and the bounds of a status', () => {
    expect(new ClientError('X'.repeat(64), { message: 'x', statusCode: 400 }).statusCode).toBe(400);
    expect(new ClientError('X', { message: 'x', statusCode: 499 }).statusCode).toBe(499);
  });
});

describe('a ClientError of another copy of the class', () => {
  const copy = async (): Promise<typeof ClientError> => {
    let module: { ClientError: typeof ClientError } | undefined;
    await jest.isolateModulesAsync(async () => {
      module = await import('../../schemas/errors.ts');
    });
    return module?.ClientError ?? ClientError;
  };

  it('is recognized with any code', async () => {
    const Copy = await copy();
    const [own, foreign] = [new Copy('FORBIDDEN'), new Copy('ROOM_FULL', FULL)];
    expect(own).not.toBeInstanceOf(ClientError);
    expect([frameOf(own).code, frameOf(foreign).code, frameOf(foreign).message]).toEqual([
      'FORBIDDEN',
      'ROOM_FULL',
      FULL.message,
    ]);
    expect([refusalStatus(own), refusalStatus(foreign)]).toEqual([403, 409]);
  });

  it('has this copy’s message for a framework code, and is INTERNAL with an invalid status', async () => {
    const Copy = await copy();
    const changed = Object.assign(new Copy('FORBIDDEN'), { message: 'arn:aws:secret', statusCode: 200 });
    expect(frameOf(changed)).toMatchObject({ code: 'FORBIDDEN', message: 'Forbidden' });
    expect(refusalStatus(changed)).toBe(403);
    const broken = Object.assign(new Copy('ROOM_FULL', FULL), { statusCode: 200 });
    expect(frameOf(broken).code).toBe('INTERNAL');
    expect(refusalStatus(broken)).toBe(500);
  });
});

describe('the error of another Middy package', () => {
  it.each([
    [401, 'UNAUTHORIZED', 'Unauthorized', {}],
    [403, 'FORBIDDEN', 'Forbidden', {}],
    [400, 'REFUSED', 'Bad Request', { statusCode: 400 }],
    [404, 'REFUSED', 'Not Found', { statusCode: 404 }],
    [429, 'REFUSED', 'Too Many Requests', { statusCode: 429 }],
    [499, 'REFUSED', 'Refused', { statusCode: 499 }],
  ])('keeps its meaning with the status %d, without its own text', async (status, code, message, more) => {
    const services = fakeServices();
    const { logger, lines } = captureLogs();
    const secret = createError(status, 'no row in arn:aws:secret', { cause: { data: 'the client’s text' } });
    const route = webSocketRoute().handler(() => {
      throw secret;
    });
    expect(await route(aConnectEvent(), aContext())).toEqual({ statusCode: status });
    await route(aMessageEvent({ connectionId: 'c1', requestId: 'r1' }), aContext({ services, logger }));
    expect(services.poster.posted.map(({ data }) => JSON.parse(data))).toEqual([
      { message, connectionId: 'c1', requestId: 'r1', code, ...more },
    ]);
    expect(lines).toMatchObject([{ level: 'WARN', message: 'Refused', code, error: { message: secret.message } }]);
    expect(JSON.stringify(lines)).not.toContain('the client’s text');
  });

  it.each([
    createError(403, 'no', { expose: false }),
    createError(500, 'no'),
    createError(503, 'no', { expose: true }),
    Object.assign(new Error('no'), { statusCode: 403 }),
    Object.assign(new Error('no'), { expose: true, statusCode: '403' }),
    Object.assign(new Error('no'), { expose: 'yes', statusCode: 403 }),
  ])('is INTERNAL if it does not say that the client is at fault', (error) => {
    expect(frameOf(error)).toMatchObject({ code: 'INTERNAL', message: 'Internal server error' });
    expect(frameOf(error)).not.toHaveProperty('statusCode');
  });

  it('may come from any middleware of the application', async () => {
    const services = fakeServices();
    const handler = webSocketRoute()
      .use({
        before: () => {
          throw createError(403, 'not from here');
        },
      })
      .handler(() => {});
    await handler(aMessageEvent(), aContext({ services }));
    expect(services.poster.posted[0]?.data).toContain('"FORBIDDEN"');
  });
});
