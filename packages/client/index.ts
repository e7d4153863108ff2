/**
 * The client of an API with the subprotocol `fanout.v1`: for browsers, Node, Deno, Bun and workers.
 * @module middy-fanout-client
 */

export type {
  CallOptions,
  ChannelEvents,
  ClientChannel,
  Message,
  PublishOptions,
} from './channel/channel.ts';
export type { Gap } from './channel/position.ts';
export {
  type ChannelOptions,
  Client,
  type ClientEvents,
  type ClientOptions,
  type ClientState,
  createClient,
  type RouteCallOptions,
} from './client.ts';
export { ClientError, type OwnCode, type Violation } from './client-error.ts';
export type { Contract, ContractOf } from './contract.ts';
export type { Runtime } from './runtime.ts';
