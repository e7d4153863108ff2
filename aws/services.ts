import type { BroadcastQueue } from './broadcast-queue.ts';
import type { ConnectionManager } from './connection-manager.ts';
import type { ConnectionPoster } from './connection-poster.ts';
import type { ConnectionTable } from './connection-table.ts';

/** All that our functions ask of AWS. A test passes fakes in the Lambda context: `handler(event, aContext({ services }))`. */
export interface Services {
  readonly connections: ConnectionTable;
  readonly queue: BroadcastQueue;
  readonly poster: ConnectionPoster;
  readonly manager: ConnectionManager;
}
