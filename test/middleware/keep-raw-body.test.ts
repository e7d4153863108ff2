import { expect, it } from '@jest/globals';
import middy from '@middy/core';
import { keepRawBody } from '../../middleware/keep-raw-body.ts';
import { parseBody } from '../../middleware/parse-body.ts';
import { aConnectEvent } from '../../testing/a-connect-event.ts';
import { aContext } from '../../testing/a-context.ts';
import { aMessageEvent } from '../../testing/a-message-event.ts';

const seen = middy((event: { body?: unknown; rawBody?: string }) => ({ body: event.body, rawBody: event.rawBody }));

it('keeps the text that the body was parsed from', async () => {
  const handler = middy(seen).use(keepRawBody()).use(parseBody());
  const body = ' {"a": 1 } ';
  expect(await handler(aMessageEvent({ body }), aContext())).toEqual({ body: { a: 1 }, rawBody: body });
});

it('is empty where the event has no body', async () => {
  const handler = middy(seen).use(keepRawBody());
  expect(await handler(aConnectEvent(), aContext())).toEqual({ body: undefined, rawBody: '' });
});
