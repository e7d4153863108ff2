import { expect, it } from '@jest/globals';
import middy, { type MiddlewareObj } from '@middy/core';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import type { ContextWith, RouteContext } from '../../middleware/support/route-context.ts';
import { webSocketMiddlewares, webSocketRoute } from '../../middleware/web-socket-route.ts';
import { defineChannels } from '../../schemas/channels/define-channels.ts';
import { sendMessage } from '../../schemas/send-message.validator.ts';

/** The compiler checks this file: `npm test` fails if a line compiles that should not, or does not compile. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const assertType = <_Proof extends true>(): void => {};

// biome-ignore lint/suspicious/noExplicitAny: the type of many published middlewares.
const typedAny: MiddlewareObj<any, any, any, any, any> = { before: () => {} };
const typedForHttp: MiddlewareObj<{ body: string | null; httpMethod: string }> = { before: () => {} };
const providesRoom: MiddlewareObj<unknown, unknown, Error, ContextWith<'logger'> & { room: string }> = {
  before: ({ context }) => {
    context.room = 'blue';
  },
};

it('types the body from the schema', () => {
  const route = webSocketRoute(sendMessage).handler((event, context) => {
    assertType<Equal<typeof event.body.message, string>>();
    assertType<Equal<typeof event.body.action, 'send-message'>>();
    assertType<Equal<typeof event.rawBody, string>>();
    assertType<Equal<typeof context, RouteContext>>();
    // @ts-expect-error the schema has no such field
    event.body.text;
    context.broadcast(event.body);
    // @ts-expect-error it has no JSON
    context.broadcast(undefined);
    // @ts-expect-error it has no JSON
    context.reply(5n);
    // @ts-expect-error the option is called except
    context.broadcast(event.body.message, { exclude: event.requestContext.connectionId });
  });
  expect(route).toBeInstanceOf(Function);
});

it('types the body from the result of a Standard Schema', () => {
  const message = { text: z.string().trim(), to: z.string().default('all') };
  const route = webSocketRoute(z.object(message)).handler((event) => {
    assertType<Equal<typeof event.body, { text: string; to: string }>>();
  });
  webSocketRoute(v.object({ text: v.string(), to: v.optional(v.string(), 'all') })).handler((event) => {
    assertType<Equal<typeof event.body, { text: string; to: string }>>();
  });
  webSocketRoute(type({ text: 'string', to: "string = 'all'" }), { timeoutReserveMs: 500 }).handler((event) => {
    assertType<Equal<typeof event.body, { text: string; to: string }>>();
  });
  middy()
    .use(webSocketMiddlewares(z.object(message).transform(({ text }) => text.length)))
    .handler((event, { broadcast }) => {
      assertType<Equal<typeof event.body, number>>();
      return broadcast(event.body);
    });
  expect(route).toBeInstanceOf(Function);
});

it('leaves the body a text without a validator', () => {
  const route = webSocketRoute().handler((event) => {
    assertType<Equal<typeof event.body, string | undefined>>();
    // @ts-expect-error not parsed
    event.body?.message;
  });
  expect(route).toBeInstanceOf(Function);
});

it('keeps its types with middlewares of any type, and adds the properties that they put into the context', () => {
  const route = webSocketRoute(sendMessage)
    .use(typedAny)
    .use(typedForHttp)
    .use([typedAny, typedForHttp])
    .before((request) => {
      assertType<Equal<typeof request.event.body.message, string>>();
    })
    .use(providesRoom)
    .handler((event, { broadcast, room }) => {
      assertType<Equal<typeof event.body.message, string>>();
      assertType<Equal<typeof room, string>>();
      // @ts-expect-error still no such field
      event.body.text;
      return broadcast(event.body.message);
    });
  expect(route).toBeInstanceOf(Function);
});

it('does not accept a validator that may be missing, or a schema', () => {
  const validators: Record<string, typeof sendMessage> = {};
  // @ts-expect-error it may be undefined
  expect(() => webSocketRoute(validators.sendMesage)).toThrow('got undefined');
  // @ts-expect-error not compiled
  expect(() => webSocketRoute({ type: 'object' })).toThrow('compileValidator');
});

const channels = defineChannels({
  'room:{room}': { message: sendMessage, history: { seconds: 60 }, presence: true },
  'score:{game}:{team}': { message: z.object({ points: z.number() }) },
  news: { message: z.string() },
});
const withUsers = defineChannels({ 'user:{user}': { message: z.object({ text: z.string() }) } });

it('types the actions from the channels, with and without a validator', () => {
  const route = webSocketRoute(sendMessage, { channels }).handler(async (event, context) => {
    const { publish, sendToUser, subscribe, unsubscribe, members } = context;
    assertType<Equal<typeof event.body.message, string>>();
    const published = await publish('room:42', { action: 'send-message', message: 'hi' }, { key: 'k', except: 'c1' });
    assertType<Equal<typeof published, { id: string }>>();
    await publish(`score:${'chess'}:${'white'}`, { points: 1 });
    await publish('news', 'text');
    // @ts-expect-error the data of a room has a message
    await publish('room:42', { text: 1 });
    // @ts-expect-error points is a number
    await publish('score:chess:white', { points: '1' });
    // @ts-expect-error the data of another channel
    await publish('news', { points: 1 });
    // @ts-expect-error no pattern matches
    await publish('rooms:42', 'text');
    // @ts-expect-error the option is called except
    await publish('news', 'text', { exclude: 'c1' });
    await sendToUser('ann', { any: ['JSON'] });
    await subscribe('room:42', 'c1');
    await unsubscribe('news');
    // @ts-expect-error no pattern matches
    await subscribe('score:chess');
    const here = await members('room:42');
    assertType<Equal<typeof here.members, readonly string[]>>();
  });
  webSocketRoute({ channels }).handler(({ body }, { publish }) => {
    assertType<Equal<typeof body, string | undefined>>();
    return publish('news', 'text');
  });
  webSocketRoute({ channels: withUsers }).handler(async (_event, { sendToUser }) => {
    await sendToUser('ann', { text: 'hi' });
    // @ts-expect-error as the channel of users is declared
    await sendToUser('ann', { any: ['JSON'] });
  });
  middy()
    .use(webSocketMiddlewares(sendMessage, { channels }))
    .handler(async (event, { publish }) => {
      assertType<Equal<typeof event.body.message, string>>();
      await publish('news', 'text');
      // @ts-expect-error no pattern matches
      await publish('rooms:42', 'text');
      return undefined;
    });
  expect(route).toBeInstanceOf(Function);
});

it('has no actions of channels without the option', () => {
  const route = webSocketRoute(sendMessage).handler((_event, context) => {
    // @ts-expect-error there are no channels
    context.publish;
    // @ts-expect-error there are no channels
    context.members;
  });
  expect(route).toBeInstanceOf(Function);
});

it('does not accept channels that may be missing, or are not defined', () => {
  const none: Record<string, typeof channels> = {};
  // @ts-expect-error it may be undefined
  webSocketRoute({ channels: none.chanels });
  // @ts-expect-error not the result of defineChannels
  expect(() => webSocketRoute({ channels: { news: {} } })).toThrow('the result of defineChannels');
});
