// What a test of a route imports: `middy-fanout/testing`.

export { aConnectEvent, type ConnectEventOptions } from '../testing/a-connect-event.ts';
export { aContext } from '../testing/a-context.ts';
export { aDisconnectEvent } from '../testing/a-disconnect-event.ts';
export { aMessageEvent, type MessageEventOptions } from '../testing/a-message-event.ts';
export { FakeBroadcastQueue } from '../testing/fake-broadcast-queue.ts';
export { FakeConnectionManager } from '../testing/fake-connection-manager.ts';
export { FakeConnectionPoster, type Post } from '../testing/fake-connection-poster.ts';
export { FakeConnectionTable } from '../testing/fake-connection-table.ts';
export { type FakeServices, type FakeServicesOptions, fakeServices } from '../testing/fake-services.ts';
