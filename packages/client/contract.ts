import type { ChannelData, ChannelName, Channels } from '../../schemas/channels/define-channels.ts';

/** The bodies and results of the routes, and the channels, as types. Made by {@link ContractOf}. */
export interface Contract {
  readonly routes: Readonly<Record<string, { readonly body: unknown; readonly result: unknown }>>;
  // biome-ignore lint/suspicious/noExplicitAny: channels of any definitions.
  readonly channels: any;
}

/** The types that a route's handler carries. See `WebSocketRoute` of middy-fanout. */
interface RouteTypes<Body, Result> {
  readonly '~route'?: { readonly body: Body; readonly result: Result };
}

// biome-ignore lint/suspicious/noExplicitAny: a route of any types.
type RouteModule = { readonly handler: any };

/**
 * The contract of an application, made of the types of its handlers and channels. No code of them is loaded.
 *
 * ```ts
 * import type { ContractOf } from 'middy-fanout-client';
 *
 * export type Chat = ContractOf<{ 'send-message': typeof import('./handlers/send-message.ts') }>;
 * ```
 */
export type ContractOf<Handlers extends Readonly<Record<string, RouteModule>>, C = Channels<Record<never, never>>> = {
  readonly routes: {
    readonly [Route in keyof Handlers & string]: Handlers[Route]['handler'] extends RouteTypes<infer Body, infer Result>
      ? { readonly body: Body; readonly result: Result }
      : { readonly body: unknown; readonly result: unknown };
  };
  readonly channels: C;
};

/** The names of the routes. */
export type RouteOf<C extends Contract> = keyof C['routes'] & string;
export type BodyOf<C extends Contract, Route extends RouteOf<C>> = C['routes'][Route]['body'];
export type ResultOf<C extends Contract, Route extends RouteOf<C>> = C['routes'][Route]['result'];

/** A body without the `action`, which the route names. */
export type WithoutAction<Body> = Body extends unknown ? Omit<Body, 'action'> : never;

/** Any name, if the contract does not know its channels. */
export type NameOf<C extends Contract> =
  C['channels'] extends Channels<infer Definitions>
    ? string extends keyof Definitions
      ? string
      : ChannelName<C['channels']> | `user:${string}`
    : string;

export type DataOf<C extends Contract, Name extends string> =
  C['channels'] extends Channels<infer Definitions>
    ? string extends keyof Definitions
      ? unknown
      : [ChannelData<C['channels'], Name>] extends [never]
        ? unknown
        : ChannelData<C['channels'], Name>
    : unknown;
