/** What a way is asked to do. */
export interface WayOrder {
  /** Connections in the table. Only the floor, which has no table, needs to be told. */
  connections: number;
  /** One message a record; all of them are one batch. */
  messages: readonly string[];
  postsPerSecond: number;
}

/** A way to deliver a batch, ready to be called again and again as a warm Lambda is. */
export type Way = (order: WayOrder) => Promise<void>;
