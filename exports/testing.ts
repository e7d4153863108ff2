// What a test of a route imports: `middy-fanout/testing`.

export { aContext } from '../testing/a-context.ts';
export {
  aConnectEvent,
  aDisconnectEvent,
  aMessageEvent,
  type ConnectEventOptions,
  type MessageEventOptions,
} from '../testing/events.ts';
export {
  FakeBroadcastQueue,
  FakeConnectionManager,
  FakeConnectionPoster,
  FakeConnectionTable,
  type FakeServices,
  type FakeServicesOptions,
  fakeServices,
  type Post,
} from '../testing/fake-services.ts';
