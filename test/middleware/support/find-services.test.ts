import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import middy, { type MiddlewareObj } from '@middy/core';
import { answerErrors } from '../../../middleware/answer-errors.ts';
import { parseBody } from '../../../middleware/body/parse-body.ts';
import { refuseMalformedJson } from '../../../middleware/body/refuse-malformed-json.ts';
import { validateBody } from '../../../middleware/body/validate-body.ts';
import { broadcastPlainText } from '../../../middleware/broadcast-plain-text.ts';
import { answerSubprotocol } from '../../../middleware/connect/answer-subprotocol.ts';
import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { refuseExpiredToken } from '../../../middleware/connect/refuse-expired-token.ts';
import { logRequests } from '../../../middleware/log-requests.ts';
import { answerOk } from '../../../middleware/normalize-event.ts';
import { provideActions } from '../../../middleware/provide-actions.ts';
import { provideServices } from '../../../middleware/provide-services.ts';
import { queueBatch } from '../../../middleware/queue/queue-batch.ts';
import type { RouteContext } from '../../../middleware/support/route-context.ts';
import { webSocketMiddlewares, webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { ClientError } from '../../../schemas/errors.ts';
import { sendMessage } from '../../../schemas/send-message.validator.ts';
import { aConnectEvent, aMessageEvent, fakeServices } from '../../../testing/index.ts';
import { type ConnectionsStub, startConnectionsStub } from '../../aws/posting/start-connections-stub.ts';
import { useLocalCredentials } from '../../aws/use-local-credentials.ts';
import { captureLogs } from '../../support/capture-logs.ts';

type Handler = (event: { body: unknown }, context: RouteContext) => unknown;

/** Runs a Middy application with one middleware, and nothing of the framework in the context. */
const runAlone = (middleware: MiddlewareObj, event: unknown, handler: Handler = () => ({ statusCode: 204 })) =>
  middy(handler as never).use(middleware)(event, { awsRequestId: 'a1' } as never) as Promise<unknown>;
const untyped = (middleware: unknown) => middleware as MiddlewareObj;
const fail = (error: unknown) => () => {
  throw error;
};

// Without a logger, answerErrors writes to the console.
beforeEach(() => {
  for (const level of ['warn', 'error'] as const) jest.spyOn(console, level).mockImplementation(() => {});
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('in a Middy application without other middlewares of the framework', () => {
  it('answerErrors answers with its poster, and deletes the row of a stale caller', async () => {
    const { poster, connections: table } = fakeServices({ gone: ['c2'] });
    const answering = untyped(answerErrors({ poster, table }));
    const refuse = fail(new ClientError('FORBIDDEN'));
    expect(await runAlone(answering, aMessageEvent({ connectionId: 'c1' }), refuse)).toEqual({ statusCode: 200 });
    expect(await runAlone(answering, aMessageEvent({ connectionId: 'c2' }), refuse)).toEqual({ statusCode: 200 });
    expect(poster.posted).toMatchObject([{ connectionId: 'c1', data: expect.stringContaining('"FORBIDDEN"') }]);
    expect(table.deleted).toEqual(['c2']);
  });

  it('answerErrors needs no table, and no poster for a handshake', async () => {
    const { poster } = fakeServices({ gone: ['c1'] });
    const event = aMessageEvent({ connectionId: 'c1' });
    expect(await runAlone(untyped(answerErrors({ poster })), event, fail(new Error()))).toEqual({ statusCode: 200 });
    const refused = runAlone(untyped(answerErrors()), aConnectEvent(), fail(new ClientError('UNAUTHORIZED')));
    expect(await refused).toEqual({ statusCode: 401 });
  });

  it('provideActions broadcasts with its queue and replies with its poster', async () => {
    const { queue, poster, connections: table } = fakeServices({ gone: ['c2'] });
    const acting = untyped(provideActions({ queue, poster, table }));
    const act: Handler = async (_, { broadcast, reply }) => {
      await broadcast('hello');
      await reply('bye');
    };
    await runAlone(acting, aMessageEvent({ connectionId: 'c1' }), act);
    await runAlone(acting, aMessageEvent({ connectionId: 'c2' }), act);
    expect(queue.sent).toMatchObject([{ data: 'hello' }, { data: 'hello' }]);
    expect(poster.posted).toEqual([{ connectionId: 'c1', data: 'bye' }]);
    expect(table.deleted).toEqual(['c2']);
  });

  it('keepConnection writes the row to its table', async () => {
    const { connections: table } = fakeServices();
    await runAlone(untyped(keepConnection({ table })), aConnectEvent({ connectionId: 'c1' }));
    expect([...table.rows.keys()]).toEqual(['c1']);
  });

  it('broadcastPlainText sends to its queue, and leaves JSON to the handler', async () => {
    const { queue } = fakeServices();
    const broadcasting = untyped(broadcastPlainText({ queue }));
    const event = aMessageEvent({ connectionId: 'c1', body: 'hello' });
    expect(await runAlone(broadcasting, event)).toEqual({ statusCode: 200 });
    expect(await runAlone(broadcasting, aMessageEvent({ body: '{}' }))).toEqual({ statusCode: 204 });
    expect(queue.sent).toMatchObject([{ data: 'hello', except: 'c1' }]);
  });

  it('logRequests writes with its logger, and puts it into the context', async () => {
    const { logger, lines } = captureLogs();
    await runAlone(untyped(logRequests({ logger })), aMessageEvent({ requestId: 'r1' }), (_, context) => {
      context.logger.info('Here');
    });
    expect(lines).toMatchObject([
      { message: 'Here', requestId: 'r1' },
      { message: 'Handled', requestId: 'r1' },
    ]);
  });

  it('refuseExpiredToken refuses an expired token', async () => {
    const event = aMessageEvent({ authorizer: { exp: '1' } });
    await expect(runAlone(untyped(refuseExpiredToken()), event)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await runAlone(untyped(refuseExpiredToken()), aMessageEvent())).toEqual({ statusCode: 204 });
  });

  it('refuseMalformedJson refuses malformed JSON', async () => {
    const refusing = untyped(refuseMalformedJson());
    await expect(runAlone(refusing, aMessageEvent({ body: '{' }))).rejects.toMatchObject({ code: 'MESSAGE_MALFORMED' });
    expect(await runAlone(refusing, aMessageEvent({ body: 'hello' }))).toEqual({ statusCode: 204 });
  });

  it('parseBody parses the body', async () => {
    const parsing = untyped(parseBody());
    expect(await runAlone(parsing, aMessageEvent({ body: '{"a":1}' }), ({ body }) => ({ body }))).toEqual({
      body: { a: 1 },
    });
    await expect(runAlone(parsing, aMessageEvent())).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  });

  it('validateBody validates a body that another package parsed', async () => {
    const body = { action: 'send-message', message: 'hello' };
    expect(await runAlone(untyped(validateBody(sendMessage)), { ...aMessageEvent(), body })).toEqual({
      statusCode: 204,
    });
    await expect(runAlone(untyped(validateBody(sendMessage)), { ...aMessageEvent(), body: {} })).rejects.toMatchObject({
      code: 'MESSAGE_INVALID',
    });
  });

  it('answerOk answers 200 unless the handler returns a response', async () => {
    expect(await runAlone(untyped(answerOk()), aMessageEvent(), () => undefined)).toEqual({ statusCode: 200 });
    expect(await runAlone(untyped(answerOk()), aMessageEvent())).toEqual({ statusCode: 204 });
  });

  it('answerSubprotocol answers the first supported name', async () => {
    const event = aConnectEvent({ headers: { 'Sec-WebSocket-Protocol': 'json, chat' } });
    expect(await runAlone(untyped(answerSubprotocol(['chat'])), event)).toEqual({
      statusCode: 204,
      headers: { 'Sec-WebSocket-Protocol': 'chat' },
    });
  });
});

describe('a middleware without a poster in a Lambda function', () => {
  let stub: ConnectionsStub;
  afterEach(async () => {
    for (const name of ['AWS_LAMBDA_FUNCTION_NAME', 'AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI'])
      delete process.env[name];
    await stub.stop();
  });

  it('posts to the callback URL of the environment', async () => {
    stub = await startConnectionsStub();
    useLocalCredentials({
      AWS_LAMBDA_FUNCTION_NAME: 'wave',
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: stub.url,
    });
    await runAlone(untyped(answerErrors()), aMessageEvent({ connectionId: 'c1' }), fail(new ClientError('FORBIDDEN')));
    await runAlone(untyped(provideActions()), aMessageEvent({ connectionId: 'c2' }), (_, { reply }) => reply('bye'));
    expect(stub.requests).toMatchObject([
      { connectionId: 'c1', body: expect.stringContaining('FORBIDDEN') },
      { connectionId: 'c2', body: 'bye' },
    ]);
  });
});

const NO_SERVICES = 'put provideServices() before it, or write';

describe('a middleware without a service that it needs names what must come before it', () => {
  it.each<[string, unknown, unknown, Handler, string]>([
    [
      'keepConnection',
      keepConnection(),
      aConnectEvent(),
      () => {},
      `keepConnection has no connection table: ${NO_SERVICES}`,
    ],
    [
      'broadcastPlainText',
      broadcastPlainText(),
      aMessageEvent({ body: 'hello' }),
      () => {},
      `broadcastPlainText has no broadcast queue: ${NO_SERVICES}`,
    ],
    [
      'provideActions, if it broadcasts',
      provideActions(),
      aMessageEvent(),
      (_, { broadcast }) => broadcast('hello'),
      `provideActions has no broadcast queue: ${NO_SERVICES}`,
    ],
    [
      'provideActions, if it replies',
      provideActions(),
      aMessageEvent(),
      (_, { reply }) => reply('hello'),
      `provideActions has no poster: ${NO_SERVICES}`,
    ],
    [
      'answerErrors',
      answerErrors(),
      aMessageEvent(),
      fail(new Error('broken')),
      `broken (the caller was not answered: answerErrors has no poster: ${NO_SERVICES}`,
    ],
    [
      'validateBody',
      validateBody(sendMessage),
      aMessageEvent({ body: '{"action":"send-message"}' }),
      () => {},
      'validateBody got a body that is not parsed: put parseBody() before it',
    ],
    [
      'parseBody',
      parseBody(),
      { ...aMessageEvent(), body: {} },
      () => {},
      'parseBody got a body that is already parsed: use only one parser',
    ],
  ])('%s', async (_, middleware, event, handler, message) => {
    await expect(runAlone(untyped(middleware), event, handler)).rejects.toThrow(message);
  });

  it.each([
    ['keepConnection', keepConnection()],
    ['provideActions', provideActions()],
    ['broadcastPlainText', broadcastPlainText()],
    ['logRequests', logRequests()],
    ['refuseExpiredToken', refuseExpiredToken()],
  ])('%s names itself if the event is not a WebSocket event', async (name, middleware) => {
    await expect(runAlone(untyped(middleware), { Records: [] })).rejects.toThrow(
      `${name}: Not a WebSocket event: requestContext.connectionId is missing`,
    );
  });
});

describe('an option that does not exist or is invalid', () => {
  it.each<[() => unknown, string]>([
    [
      () => answerErrors({ timeoutMS: 5 } as never),
      "answerErrors: Unknown option 'timeoutMS'. Its options: timeoutMs, poster, table",
    ],
    [() => answerErrors({ poster: 'c1' } as never), "answerErrors: Option 'poster' must be object"],
    [() => answerErrors(null as never), 'answerErrors: Expected an object of options'],
    [() => provideActions({ poste: {} } as never), "provideActions: Unknown option 'poste'"],
    [() => keepConnection({ ttl: 5 } as never), "keepConnection: Unknown option 'ttl'"],
    [() => broadcastPlainText({ toSender: 'yes' } as never), "broadcastPlainText: Option 'toSender' must be boolean"],
    [() => logRequests({ log: {} } as never), "logRequests: Unknown option 'log'"],
    [() => provideServices({ queue: 'q' } as never), "provideServices: Unknown option 'queue'"],
    [() => queueBatch({ loger: {} } as never), "queueBatch: Unknown option 'loger'"],
    [() => queueBatch({ services: { table: '' } } as never), "queueBatch: Unknown option 'services.table'"],
    [() => answerSubprotocol('chat' as never), "answerSubprotocol: Option 'subprotocols' must be array"],
    [() => answerSubprotocol(undefined as never), "answerSubprotocol: Option 'subprotocols' must be array"],
    [() => answerSubprotocol(['a chat']), "answerSubprotocol: Option 'subprotocols[0]' must match pattern"],
    [() => webSocketRoute({ timeoutReserve: 5 } as never), "webSocketRoute: Unknown option 'timeoutReserve'"],
    [
      () => webSocketRoute(sendMessage, { timeoutReserveMs: -1 }),
      "webSocketRoute: Option 'timeoutReserveMs' must be >= 0",
    ],
    [
      () => webSocketRoute(sendMessage, { errors: { timeoutMs: 0 } }),
      "webSocketRoute: Option 'errors.timeoutMs' must be >= 1",
    ],
    [
      () => webSocketRoute({ plugin: { timeoutEarlyInMillis: 5 } } as never),
      "webSocketRoute: Unknown option 'plugin.timeoutEarlyInMillis'",
    ],
    [() => webSocketMiddlewares({ plugin: {} } as never), "webSocketMiddlewares: Unknown option 'plugin'"],
    [() => webSocketMiddlewares(sendMessage, { loger: {} } as never), "webSocketMiddlewares: Unknown option 'loger'"],
  ])('%s fails at set-up', (set, message) => {
    expect(set).toThrow(TypeError);
    expect(set).toThrow(message);
  });
});
