import { expect, it } from '@jest/globals';
import middy from '@middy/core';
import { answerOk } from '../../middleware/answer-ok.ts';
import { aContext } from '../../testing/a-context.ts';

const answerTo = (returned: unknown): Promise<unknown> => middy(async () => returned).use(answerOk())({}, aContext());

it.each([undefined, null, 'OK', 5, {}, { statusCode: '200' }, []])('answers 200 for %p', async (returned) => {
  expect(await answerTo(returned)).toEqual({ statusCode: 200 });
});

it('leaves a response as it is', async () => {
  const response = { statusCode: 401, headers: { 'Sec-WebSocket-Protocol': 'chat' } };
  expect(await answerTo(response)).toBe(response);
});
