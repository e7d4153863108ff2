// What a test of a route imports: `middy-fanout/testing`.
export { FakeBroadcastQueue } from '../aws/fake-broadcast-queue.ts';
export { FakeConnectionManager } from '../aws/fake-connection-manager.ts';
export { FakeConnectionPoster, type Post } from '../aws/fake-connection-poster.ts';
export { FakeConnectionTable } from '../aws/fake-connection-table.ts';
export { type FakeServices, type FakeServicesOptions, fakeServices } from '../aws/fake-services.ts';
export { aConnectEvent, type ConnectEventOptions } from '../middleware/testing/a-connect-event.ts';
export { aContext } from '../middleware/testing/a-context.ts';
export { aDisconnectEvent } from '../middleware/testing/a-disconnect-event.ts';
export { aMessageEvent, type MessageEventOptions } from '../middleware/testing/a-message-event.ts';
