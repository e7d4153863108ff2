import type { StubCounts, StubSettings } from './stub-messages.ts';

/** An item of DynamoDB with the types that the tables have. */
export type Item = Record<string, { S: string } | { N: string } | { BOOL: boolean }>;

const NO_COUNTS = {
  posts: 0,
  delivered: 0,
  gone: 0,
  throttled: 0,
  scannedPages: 0,
  scans: 0,
  deletedRows: 0,
  queued: 0,
  sockets: 0,
  readUnits: 0,
  writes: 0,
  firstPostedAt: 0,
  firstDeliveredAt: 0,
  lastDeliveredAt: 0,
  cpuMs: 0,
};

/** The settings and counts of the stub. */
export class StubState {
  settings: StubSettings = {
    connections: 0,
    latencyMs: 0,
    jitterMs: 0,
    staleShare: 0,
    throttledShare: 0,
    queueMs: 0,
  };
  counts: StubCounts = { ...NO_COUNTS, queueTook: [] };
  readonly deletedRows = new Set<number>();
  /** The heads of the channels that were moved, by partition key. */
  readonly heads = new Map<string, Item>();
  #cpuBefore = process.cpuUsage();
  #random = createRandom(1);

  /** Resets the state. The same settings give the same faults. */
  reset(settings: StubSettings): void {
    this.settings = settings;
    this.counts = { ...NO_COUNTS, queueTook: [] };
    this.deletedRows.clear();
    this.heads.clear();
    this.#cpuBefore = process.cpuUsage();
    this.#random = createRandom(1);
  }

  readCounts(): StubCounts {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    return { ...this.counts, cpuMs: (user + system) / 1_000 };
  }

  isStale(index: number): boolean {
    const { staleShare } = this.settings;
    return staleShare > 0 && index % Math.round(1 / staleShare) === 7;
  }

  isThrottled(): boolean {
    return this.#random() < this.settings.throttledShare;
  }

  nextLatencyMs(): number {
    const { latencyMs, jitterMs } = this.settings;
    return latencyMs + (this.#random() * 2 - 1) * jitterMs;
  }
}

/**
 * Creates random numbers from 0 to 1 that are the same in every run (mulberry32), so that variants meet the same
 * faults.
 */
export const createRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
