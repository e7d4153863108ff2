import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { refuseMalformedJson } from '../../../middleware/body/refuse-malformed-json.ts';
import { aContext, aMessageEvent } from '../../../testing/index.ts';

const handle = (body?: string): Promise<unknown> =>
  middy((event: { body?: unknown }) => ({ body: event.body })).use(refuseMalformedJson())(
    aMessageEvent({ body }),
    aContext(),
  );

describe('refuseMalformedJson', () => {
  it.each(['{"action":"send-message"', '[1,', '{hello}', '  {', '\n[', '{"a":1} {'])('refuses %p', async (body) => {
    await expect(handle(body)).rejects.toMatchObject({ code: 'MESSAGE_MALFORMED' });
  });

  it.each(['hello', '', 'null', '"{"', '[]', ' {"action":"no-such-route"} ', 'hello {', undefined])(
    'passes %p on unchanged',
    async (body) => {
      expect(await handle(body)).toEqual({ body });
    },
  );

  it('passes a parsed body on', async () => {
    const event = { ...aMessageEvent(), body: { action: 'send-message' } };
    const handler = middy((given: { body?: unknown }) => given.body).use(refuseMalformedJson());
    expect(await handler(event, aContext())).toEqual(event.body);
  });
});
