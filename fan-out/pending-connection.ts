import type { Delivery } from './delivery.ts';
import type { HandOverReason } from './plan-hand-over.ts';
import type { WindowedConnection } from './throttle-window.ts';

/** A connection that is being posted to: its messages one after another. */
export interface PendingConnection extends WindowedConnection {
  readonly connectionId: string;
  /** Epoch seconds. */
  readonly connectedAt: number;
  /** In the order of `sentAt`. Shared by all connections of a lot: replaced, never changed. */
  deliveries: readonly Delivery[];
  /** Index of the message that it receives now or next. */
  next: number;
  /** How often that message was posted to it. */
  posts: number;
  /** Epoch milliseconds of the first of them. */
  firstPostedAt: number;
  /** Why that message has to be posted again; `untried` before it was posted. */
  setback: HandOverReason;
  /** The function ends and does not wait for its post any longer. */
  abandoned: boolean;
}
