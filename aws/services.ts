import type { ChannelQueue } from './channels/channel-queue.ts';
import type { ChannelTable } from './channels/channel-table.ts';
import type { ConnectionManager } from './connections/connection-manager.ts';
import type { ConnectionTable } from './connections/connection-table.ts';
import type { ConnectionPoster } from './posting/connection-poster.ts';
import type { BroadcastQueue } from './queue/broadcast-queue.ts';

/**
 * The AWS services of a function. A test passes fakes in the Lambda context: `handler(event, aContext({ services }))`.
 */
export interface Services {
  readonly connections: ConnectionTable;
  readonly queue: BroadcastQueue;
  readonly poster: ConnectionPoster;
  readonly manager: ConnectionManager;
  /** Absent if the application has no channels. */
  readonly channels?: ChannelTable;
  /** Absent if the application has no channels. */
  readonly channelQueue?: ChannelQueue;
}
