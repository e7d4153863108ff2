/** What a worker process is to measure. */
export interface WorkerOrder {
  way: 'seed' | 'ours' | 'floor';
  connections: number;
  messages: number;
  messageBytes: number;
  postsPerSecond: number;
  /** Batches delivered before the one that is measured, as a warm Lambda has. */
  warmUps: number;
  /** When in the middle of the measured batch the heap is looked at, in milliseconds after its start. */
  heapAfterMs?: number;
}

export interface WorkerResult {
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt: number;
  /** User and system, of the whole process during the batch, in milliseconds. */
  cpuMs: number;
  /** After a forced collection, the larger of the middle (if asked for) and the end, in bytes. */
  heapBytes: number;
  /** Largest resident set of the process so far, in bytes. */
  peakBytes: number;
}

export type WorkerMessage = { type: 'warm' } | ({ type: 'measured' } & WorkerResult);
