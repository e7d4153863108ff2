import type { Phase } from './phase.ts';

/** What is done to a target. */
export interface Workload {
  phases: readonly Phase[];
  /** New connections a second. API Gateway takes 500 a second per account and Region. */
  connectionsPerSecond: number;
  /** Bytes of each message as clients receive it. */
  sizeBytes: number;
  /** Share of the connections that read only 50 ms of each second. */
  slowShare: number;
  /** How long after its sending a message may arrive and not count as lost, in milliseconds. */
  settleMs: number;
}
