import type { ConnectionInfo } from '../aws/connections/connection-manager.ts';
import type { PostOutcome } from '../aws/posting/connection-poster.ts';
import type { Services } from '../aws/services.ts';
import type { ConnectionRow } from '../schemas/connection-row.ts';
import { FakeBroadcastQueue } from './fake-broadcast-queue.ts';
import { FakeConnectionManager } from './fake-connection-manager.ts';
import { FakeConnectionPoster } from './fake-connection-poster.ts';
import { FakeConnectionTable } from './fake-connection-table.ts';

export interface FakeServicesOptions {
  /** In the connection table at the start. Default none. */
  rows?: readonly ConnectionRow[];
  /** Connections that API Gateway answers 410 for. */
  gone?: readonly string[];
  /** Connections that API Gateway answers 429 for. */
  throttled?: readonly string[];
  /** Any other outcome of posts, by connection id. Default: delivered. */
  outcomes?: Readonly<Record<string, PostOutcome>>;
  /** What API Gateway knows of connections, by their id. */
  connections?: Readonly<Record<string, ConnectionInfo>>;
  tableDown?: boolean;
  queueDown?: boolean;
  managerDown?: boolean;
}

export interface FakeServices extends Services {
  readonly connections: FakeConnectionTable;
  readonly queue: FakeBroadcastQueue;
  readonly poster: FakeConnectionPoster;
  readonly manager: FakeConnectionManager;
}

/**
 * AWS for a test: it keeps what was posted, queued, deleted and dead-lettered, and fails as it is told to.
 *
 * ```ts
 * const services = fakeServices({ gone: ['c2'] });
 * await handler(aMessageEvent({ body: '{"action":"send-message","message":"hi"}' }), aContext({ services }));
 * expect(services.queue.sent).toMatchObject([{ data: 'hi' }]);
 * ```
 */
export const fakeServices = (options: FakeServicesOptions = {}): FakeServices => {
  const { rows = [], gone = [], throttled = [], outcomes = {}, connections: known = {} } = options;
  const poster = new FakeConnectionPoster(outcomes);
  for (const connectionId of gone) poster.outcomes.set(connectionId, 'gone');
  for (const connectionId of throttled) poster.outcomes.set(connectionId, 'throttled');
  const connections = new FakeConnectionTable({ rows });
  const queue = new FakeBroadcastQueue();
  const manager = new FakeConnectionManager(known);
  connections.down = options.tableDown ?? false;
  queue.down = options.queueDown ?? false;
  manager.down = options.managerDown ?? false;
  return { connections, queue, poster, manager };
};
