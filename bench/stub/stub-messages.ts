/** How the stub is to behave until it is told otherwise. */
export interface StubSettings {
  /** Rows of the connection table. */
  connections: number;
  /** Mean time to the answer of a post, in milliseconds. */
  latencyMs: number;
  /** Answers come so much sooner or later, evenly spread, in milliseconds. */
  jitterMs: number;
  /** Share of the connections that are gone: 410. */
  staleShare: number;
  /** Share of the posts that are throttled: 429. */
  throttledShare: number;
  /** Time to the answer of the queue, in milliseconds. */
  queueMs: number;
}

/** What happened since the settings were given. */
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
  /** Epoch milliseconds of the answers 200; 0 where there was none. */
  firstDeliveredAt: number;
  lastDeliveredAt: number;
  /** How long the queue took for each message, in milliseconds. */
  queueTook: number[];
}

/** Said once, when the stub listens. */
export interface StubReady {
  connectionsPort: number;
  servicesPort: number;
}

/** Answered with {@link StubCounts} of what ends with it. */
export interface StubRequest {
  settings?: StubSettings;
}
