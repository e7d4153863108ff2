/** Longest wait for late deliveries after the last message, in milliseconds. Our choice: ten minutes. */
export const MAX_SETTLE_MS = 600_000;

/** The load on a target. */
export interface Workload {
  phases: readonly Phase[];
  /** New connections a second. API Gateway accepts 500 a second per account and Region. */
  connectionsPerSecond: number;
  /** Size of each message that clients receive, in bytes. */
  sizeBytes: number;
  /** Share of the connections that read only 50 ms of each second. */
  slowShare: number;
  /** A delivery that takes longer counts as lost, in milliseconds. At most {@link MAX_SETTLE_MS}. */
  settleMs: number;
  /** The messages are published to channels, and the connections are clients of `fanout.v1`. Otherwise: broadcasts. */
  channels?: ChannelLoad;
}

export interface ChannelLoad {
  /** Number of channels. Message `m` is published to channel `m % channels`. */
  channels: number;
  /** Subscribers of each channel. Each has a connection of its own. */
  members: number;
}

/** A part of a run with its own number of connections and rate of messages. */
export interface Phase {
  name: string;
  durationMs: number;
  /** Messages a second when the phase starts. */
  rateFrom: number;
  /** Messages a second when the phase ends. The rate changes linearly. */
  rateTo: number;
  /** Messages sent at the start of the phase at the same time, in addition to the rate. */
  burst: number;
  /** Number of open connections during the phase. */
  connections: number;
  /** Share of the connections that is closed without a close frame and replaced, each second. */
  churnPerSecond: number;
}
