import { describe, expect, it } from '@jest/globals';
import { answerSubprotocol } from '../../../middleware/connect/answer-subprotocol.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { aConnectEvent, aContext } from '../../../testing/index.ts';

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
});
