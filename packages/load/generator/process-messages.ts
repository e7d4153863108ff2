import type { Target } from '../workload/target.ts';
import type { Workload } from '../workload/workload.ts';
import type { MessageTimes, Outcome, Settlement } from './delivery-ledger.ts';

/** The task of a generator process. It is in the first message. */
export interface ProcessTask {
  index: number;
  processes: number;
  runId: string;
  target: Target;
  workload: Workload;
}

/** From the coordinator to a generator process. */
export type ToProcess =
  | { type: 'connect'; task: ProcessTask }
  /** Starts the phases at a time of the shared clock. */
  | { type: 'begin'; atUs: number }
  /** Ends the schedule: late messages are sent, then the process sends, opens and kills no more. */
  | { type: 'stop' }
  | { type: 'report' }
  | { type: 'account'; settlement: Settlement }
  | { type: 'close' };

/** The counts since the last sample, and the current `open`, `pending` and `overdue`. */
export interface Sample {
  open: number;
  pending: number;
  overdue: number;
  opened: number;
  /** Failed handshakes by status or error code. */
  connectFailures: Counts;
  /** Connections that the target closed, by close code. */
  closes: Counts;
  killed: number;
  sent: number;
  /** Messages of the schedule that could not be sent, by reason. */
  unsent: Counts;
  /** First deliveries of a message to a connection. */
  deliveries: number;
  duplicates: number;
  outOfOrder: number;
  /** Deliveries of a message to its own sender. */
  own: number;
  errorFrames: Counts;
  otherFrames: number;
  /** Only in a run of channels. */
  channels: ChannelCounts;
  /** A compressed histogram. Empty without values. */
  latency: string;
  handshake: string;
  /** Longest delay of a send behind its schedule, in milliseconds. */
  behindMs: number;
  /** 99th percentile of the event loop's delay, in milliseconds. */
  eventLoopDelayMs: number;
  /** CPU seconds of the process in each second, user and system. */
  cpu: number;
}

/** The counts of a run of channels. */
export interface ChannelCounts {
  /** Publishes with an `ack`. */
  acknowledged: number;
  /** `gap` events of the client. */
  gaps: number;
  /** Frames before the client: posted again, with a number or id that had come before. */
  repeatedFrames: number;
  /** Frames before the client: posted before the frame with the number before. */
  earlyFrames: number;
}

/** Makes the counts before the first event. */
export const noChannelCounts = (): ChannelCounts => ({ acknowledged: 0, gaps: 0, repeatedFrames: 0, earlyFrames: 0 });

/** From a generator process to the coordinator. */
export type FromProcess =
  | { type: 'sample'; atUs: number; sample: Sample }
  | { type: 'stopped' }
  | { type: 'times'; times: MessageTimes }
  | { type: 'outcome'; outcome: Outcome };

/** How often each key was seen. */
export type Counts = Record<string, number>;

/** Adds `times` to the count of `key`. */
export const countBy = (counts: Counts, key: string, times = 1): void => {
  counts[key] = (counts[key] ?? 0) + times;
};
