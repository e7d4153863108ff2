import type { ConnectionRow } from '../schemas/connection-row.ts';
import type { Delivery } from './delivery.ts';

/** Connections that are to receive the same messages: a page of a scan, or what segments have in common. */
export interface Lot {
  rows: readonly ConnectionRow[];
  /** In the order of `sentAt`. */
  deliveries: readonly Delivery[];
}
