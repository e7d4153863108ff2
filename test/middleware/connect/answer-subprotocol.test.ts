import { describe, expect, it } from '@jest/globals';
import { answerSubprotocol } from '../../../middleware/connect/answer-subprotocol.ts';
import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { aConnectEvent, aContext } from '../../../testing/index.ts';
import { captureLogs } from '../../support/capture-logs.ts';

const answerTo = (headers: Record<string, string>, response?: unknown) =>
  webSocketRoute()
    .use(answerSubprotocol(['chat', 'json']))
    .handler(() => response)(aConnectEvent({ headers }), aContext());

describe('answerSubprotocol', () => {
  it.each(['Sec-WebSocket-Protocol', 'sec-websocket-protocol'])(
    'answers the first supported name in %s',
    async (name) => {
      expect(await answerTo({ [name]: 'other, json, chat' })).toEqual({
        statusCode: 200,
        headers: { 'Sec-WebSocket-Protocol': 'json' },
      });
    },
  );

  it('keeps the response of the handler', async () => {
    const response = { statusCode: 200, body: 'Connected', headers: { 'X-Room': 'blue' } };
    expect(await answerTo({ 'Sec-WebSocket-Protocol': 'chat' }, response)).toEqual({
      ...response,
      headers: { 'X-Room': 'blue', 'Sec-WebSocket-Protocol': 'chat' },
    });
  });

  it.each([[{}], [{ 'Sec-WebSocket-Protocol': 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln' }]])(
    'answers without a subprotocol to %j',
    async (headers) => expect(await answerTo(headers as Record<string, string>)).toEqual({ statusCode: 200 }),
  );

  it.each([
    ['fanout.v1', 'fanout.v1'],
    ['fanout.v1, chat', 'fanout.v1'],
    ['chat, fanout.v1', 'chat'],
    ['token, fanout.v1', undefined],
  ])('answers fanout.v1 only to a client that offers it first: %s', async (offered, answered) => {
    const handler = webSocketRoute().use(answerSubprotocol(['fanout.v1', 'chat']));
    const event = aConnectEvent({ headers: { 'Sec-WebSocket-Protocol': offered } });
    const { headers = {} } = await handler.handler(() => {})(event, aContext());
    expect(headers['Sec-WebSocket-Protocol']).toBe(answered);
  });

  it('fails after keepConnection, which would have kept a client that receives texts', async () => {
    const { logger, lines } = captureLogs();
    const handler = webSocketRoute({ logger }).use([keepConnection(), answerSubprotocol()]);
    const connect = (headers: Record<string, string>) =>
      handler.handler(() => {})(aConnectEvent({ headers }), aContext({ logger }));
    expect(await connect({ 'Sec-WebSocket-Protocol': 'fanout.v1' })).toEqual({ statusCode: 500 });
    expect(lines[0]).toMatchObject({
      error: { message: expect.stringContaining('put answerSubprotocol() before keepConnection()') },
    });
    expect(await connect({})).toEqual({ statusCode: 200 });
  });
});
