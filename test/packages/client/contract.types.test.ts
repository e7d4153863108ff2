import { expect, it } from '@jest/globals';
import { type } from 'arktype';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import type { Client, ContractOf } from '../../../packages/client/index.ts';
import { defineChannels } from '../../../schemas/channels/define-channels.ts';
import { sendMessage } from '../../../schemas/send-message.validator.ts';

/** The compiler checks this file: `npm test` fails if a line compiles that should not, or does not compile. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const assertType = <_Proof extends true>(): void => {};

const route = {
  handler: webSocketRoute(sendMessage).handler(async ({ body }) => ({ length: body.message.length })),
};
const textRoute = { handler: webSocketRoute().handler(() => ({ statusCode: 200 })) };
const channels = defineChannels({
  'room:{room}': { message: type({ text: 'string' }), publish: 'subscribers' },
  news: { message: sendMessage },
});
type Chat = ContractOf<{ 'send-message': typeof route; 'say-text': typeof textRoute }, typeof channels>;

it('types calls and channels from the handlers and the definitions', () => {
  const use = async (client: Client<Chat>) => {
    const result = await client.call('send-message', { message: 'hi' });
    assertType<Equal<typeof result, { length: number }>>();
    assertType<Equal<Awaited<ReturnType<typeof textOnly>>, undefined>>();
    // @ts-expect-error there is no such route
    await client.call('sendMessage', {});
    // @ts-expect-error the message is a text
    await client.call('send-message', { message: 5 });
    const room = client.channel('room:42');
    await room.publish({ text: 'hi' });
    // @ts-expect-error the data of the room has a text
    await room.publish({ title: 'hi' });
    for await (const { data, seq } of room) {
      assertType<Equal<typeof data, { text: string }>>();
      assertType<Equal<typeof seq, number | undefined>>();
    }
    // @ts-expect-error there is no such channel
    client.channel('rooms:42');
    client.channel('user:ann');
  };
  const textOnly = (client: Client<Chat>) => client.call('say-text');
  expect([use, textOnly]).toHaveLength(2);
});

it('types nothing without a contract', () => {
  const use = async (client: Client) => {
    const result = await client.call('anything', { a: 1 });
    assertType<Equal<typeof result, unknown>>();
    await client.channel('any').publish({ any: 1 });
  };
  expect(use).toBeInstanceOf(Function);
});
