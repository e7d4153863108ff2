import { expect, it } from '@jest/globals';
import middy from '@middy/core';
import { parseBody } from '../../middleware/body/parse-body.ts';
import { answerOk, keepRawBody } from '../../middleware/normalize-event.ts';
import { aConnectEvent, aContext, aMessageEvent } from '../../testing/index.ts';

const returnBodies = middy((event: { body?: unknown; rawBody?: string }) => ({
  body: event.body,
  rawBody: event.rawBody,
}));

it('stores the text of a parsed body as rawBody', async () => {
  const handler = middy(returnBodies).use(keepRawBody()).use(parseBody());
  const body = ' {"a": 1 } ';
  expect(await handler(aMessageEvent({ body }), aContext())).toEqual({ body: { a: 1 }, rawBody: body });
});

it('stores an empty rawBody if the event has no body', async () => {
  const handler = middy(returnBodies).use(keepRawBody());
  expect(await handler(aConnectEvent(), aContext())).toEqual({ body: undefined, rawBody: '' });
});

const answerTo = (returned: unknown): Promise<unknown> => middy(async () => returned).use(answerOk())({}, aContext());

it.each([undefined, null, 'OK', 5, {}, { statusCode: '200' }, []])('answers 200 for %p', async (returned) => {
  expect(await answerTo(returned)).toEqual({ statusCode: 200 });
});

it('leaves a response as it is', async () => {
  const response = { statusCode: 401, headers: { 'Sec-WebSocket-Protocol': 'chat' } };
  expect(await answerTo(response)).toBe(response);
});
