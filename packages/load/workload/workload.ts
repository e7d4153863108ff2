/** Whatever is still under way so long after the last sending is not waited for. */
export const MAX_SETTLE_MS = 600_000;

/** What is done to a target. */
export interface Workload {
  phases: readonly Phase[];
  /** New connections a second. API Gateway takes 500 a second per account and Region. */
  connectionsPerSecond: number;
  /** Bytes of each message as clients receive it. */
  sizeBytes: number;
  /** Share of the connections that read only 50 ms of each second. */
  slowShare: number;
  /** How long after its sending a message may arrive and not count as lost, in milliseconds. At most {@link MAX_SETTLE_MS}. */
  settleMs: number;
}

/** A stretch of a run in which connections are held and messages are sent at a rate. */
export interface Phase {
  name: string;
  durationMs: number;
  /** Messages a second when the phase starts. */
  rateFrom: number;
  /** Messages a second when it ends. Between the two it changes evenly. */
  rateTo: number;
  /** Messages sent all at once when the phase starts, on top of the rate. */
  burst: number;
  /** Connections held during the phase. */
  connections: number;
  /** Share of the connections that is killed without a close frame each second, and replaced. */
  churnPerSecond: number;
}
