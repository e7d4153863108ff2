// The entry point for tests of handlers: `middy-fanout/testing`, and this file in the repository.

export { aContext } from './a-context.ts';
export {
  aConnectEvent,
  aDisconnectEvent,
  aMessageEvent,
  type ConnectEventOptions,
  type MessageEventOptions,
} from './events.ts';
export { type FakeServices, type FakeServicesOptions, fakeServices, type Post } from './fake-services.ts';
