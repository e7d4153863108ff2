import { expect, it } from '@jest/globals';
import middy, { type MiddlewareObj as TheirMiddleware, type Request as TheirRequest } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { MiddlewareObj, MiddyPlugin, Request } from '../../../middleware/support/middleware-obj.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/** The compiler checks this file: `npm test` fails if a line compiles that should not, or does not compile. */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const assertType = <_Proof extends true>(): void => {};

type WithRoom = Context & { room: string };
type Notes = { startedAt?: number };
type Ours = MiddlewareObj<{ body: string }, number, TypeError, WithRoom, Notes>;
type Theirs = TheirMiddleware<{ body: string }, number, TypeError, WithRoom, Notes>;

it('is interchangeable with Middy’s types', () => {
  const ours: Ours = { name: 'ours', before: ({ event, context, internal }) => [event.body, context.room, internal] };
  const theirs: Theirs = ours;
  const back: Ours = theirs;
  const request = (given: TheirRequest<{ body: string }, number, TypeError, WithRoom, Notes>) =>
    given satisfies Request<{ body: string }, number, TypeError, WithRoom, Notes>;
  const asked = (given: Request<{ body: string }, number, TypeError, WithRoom, Notes>) =>
    given satisfies TheirRequest<{ body: string }, number, TypeError, WithRoom, Notes>;
  const plugin: MiddyPlugin = { requestStart: ({ event }) => void event, requestEnd: async ({ error }) => error };
  const theirPlugin: Omit<middy.PluginObject, 'timeoutEarlyInMillis' | 'timeoutEarlyResponse'> = plugin;
  expect([back, request, asked, theirPlugin satisfies MiddyPlugin]).toHaveLength(4);
  // @ts-expect-error another result
  const other: TheirMiddleware<{ body: string }, string, TypeError, WithRoom, Notes> = ours;
  // @ts-expect-error the context has no room
  const roomless: MiddlewareObj<{ body: string }, number, TypeError, Context, Notes> = theirs;
  expect([other, roomless]).toEqual([ours, ours]);
});

it('is accepted by Middy, which types the handler from it', () => {
  const providesRoom: MiddlewareObj<unknown, unknown, Error, WithRoom> = {
    before: ({ context }) => {
      context.room = 'blue';
    },
  };
  const handler = middy<{ body: string }>()
    .use(providesRoom)
    .use([providesRoom, providesRoom])
    .handler(async (event, { room }) => {
      assertType<Equal<typeof room, string>>();
      assertType<Equal<typeof event.body, string>>();
      return room;
    });
  expect(handler).toBeInstanceOf(Function);
});

it('lets a route accept Middy’s own middlewares', () => {
  const theirs: TheirMiddleware<unknown, unknown, Error, WithRoom> = {
    before: ({ context }) => {
      context.room = 'blue';
    },
  };
  const route = webSocketRoute()
    .use(theirs)
    .handler((_event, { room, reply }) => {
      assertType<Equal<typeof room, string>>();
      return reply(room);
    });
  expect(route).toBeInstanceOf(Function);
});
