/** The behaviour of the stub until the next settings. */
export interface StubSettings {
  /** Rows of the connection table. */
  connections: number;
  /** Mean time to the answer of a post, in milliseconds. */
  latencyMs: number;
  /** Largest deviation from the mean, evenly distributed, in milliseconds. */
  jitterMs: number;
  /** Share of the connections that are gone: 410. */
  staleShare: number;
  /** Share of the posts that are throttled: 429. */
  throttledShare: number;
  /** Time to the answer of the queue, in milliseconds. */
  queueMs: number;
  /** Subscriptions of each channel. Default 0. */
  members?: number;
  /** Whether the members speak `fanout.v1`. Default false. */
  protocol?: boolean;
}

/** The events since the last settings. */
export interface StubCounts {
  posts: number;
  delivered: number;
  gone: number;
  throttled: number;
  scannedPages: number;
  scans: number;
  deletedRows: number;
  queued: number;
  sockets: number;
  /** Capacity units of all reads: 4 KB, or 8 KB if a read is not strongly consistent. */
  readUnits: number;
  /** Writes of the channels' table. */
  writes: number;
  /** Epoch milliseconds of the first post; 0 if there was no post. */
  firstPostedAt: number;
  /** Epoch milliseconds of the first answer 200; 0 if there was no such answer. */
  firstDeliveredAt: number;
  /** Epoch milliseconds of the last answer 200; 0 if there was no such answer. */
  lastDeliveredAt: number;
  /** How long the queue took for each message, in milliseconds. */
  queueTook: number[];
  /** CPU time of the stub, user and system, in milliseconds. */
  cpuMs: number;
}

/** Sent once, when the stub listens. */
export interface StubReady {
  connectionsPort: number;
  servicesPort: number;
}

/** The stub answers with its {@link StubCounts}. New settings reset the counts. */
export interface StubRequest {
  settings?: StubSettings;
}
