import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../../command-line/command.ts';
import type { Workload } from '../workload/workload.ts';

/** Version of `report.json`. It changes when a field is renamed, is removed or gets another meaning. */
export const REPORT_VERSION = 1;

/** How often each key was counted. */
type Counts = Record<string, number>;

/** `report.json`. Seconds count from the start of the first phase. */
export interface Report {
  version: typeof REPORT_VERSION;
  /** ISO 8601, start of the first phase. */
  startedAt: string;
  /** Why and when the run ended. `detail` is one sentence, or empty. */
  ended: { reason: 'finished' | 'interrupted' | 'target died' | 'generator died'; second: number; detail: string };
  /**
   * The URL without query string and credentials. `local`: whether the load test itself started a local run as the
   * target.
   */
  target: { url: string; local: boolean };
  /** Node's version, OS and architecture, number of cores and their model. */
  machine: { node: string; platform: string; cpus: number; cpu: string };
  /** `senderIncluded`: a sender expects its own message too. */
  workload: Workload & { processes: number; senderIncluded: boolean };
  totals: {
    /** Messages. */
    sent: number;
    /** Messages of the schedule that could not be sent, by reason. */
    unsent: Counts;
    /** Deliveries to connections that were present throughout. `expected = received + lost`. */
    expected: number;
    received: number;
    lost: number;
    /** Messages that no client received, without an error frame to the sender. */
    lostEntirely: number;
    /** First deliveries to all connections, also to connections not present throughout. */
    deliveries: number;
    /** Further deliveries of the same message to the same connection. */
    duplicates: number;
    /** Deliveries after a delivery of a message that was sent later. */
    outOfOrder: number;
    /** Deliveries of a message to its sender, which should not get it. */
    own: number;
    /** Messages that were answered with an error frame and that no client received. Not in `expected`. */
    refused: number;
    /** Messages that no client received and whose sender lost its connection. Not in `expected`. */
    cutOff: number;
    /** Messages sent less than `settleMs` before the end of the run. Not in `expected`. */
    unsettled: number;
    /** By code. */
    errorFrames: Counts;
    /** Received frames that are neither a message of this run nor an error frame. */
    otherFrames: number;
  };
  /** Only in a run of channels. */
  channels?: {
    channels: number;
    /** Clients in each channel. */
    members: number;
    /** Publishes with an `ack`. The others are not in `expected`. */
    acknowledged: number;
    /** `gap` events of the clients. */
    gaps: number;
    /** Posted frames with a number that had come before, as they reached the client: it drops them. */
    repeatedFrames: number;
    /** Frames that were posted before the frame with the number before, as they reached the client: it keeps them. */
    earlyFrames: number;
  };
  connections: {
    /** The largest number of connections that a phase asks for. */
    wanted: number;
    /** The most connections that were open at the same time. */
    mostOpen: number;
    /** Handshakes that succeeded. */
    opened: number;
    /** Handshakes that failed, by status or error code. */
    failed: Counts;
    /** By close code. */
    closedByTarget: Counts;
    /** By churn. */
    killed: number;
    /** Time until the connections of the first phase were open. */
    rampMs: number;
  };
  /** Time from the send to each delivery. Slow connections are left out. */
  latencyMs: Distribution;
  /** Time from the send to the last delivery of each message. */
  lastClientMs: Distribution;
  /** Time from the send to the first delivery of each message. */
  firstClientMs: Distribution;
  handshakeMs: Distribution;
  /** The values of `latencyMs`. A bucket counts deliveries above `fromMs` and up to `toMs`. */
  histogram: {
    buckets: { fromMs: number; toMs: number; count: number }[];
    /** HdrHistogram V2, compressed, Base64, in microseconds; empty without deliveries. */
    hdr: string;
  };
  /** The part of `totals` at slow connections. */
  slow: { expected: number; lost: number };
  /** Periods without an open connection. `null`: until the end of the run. */
  outages: { fromSecond: number; toSecond: number | null }[];
  generator: {
    /** The generator, not the target, limits the figures. */
    limited: boolean;
    /** Why, and what to do. */
    findings: string[];
    /** Mean share of a core of all generator processes together. */
    cpu: number;
    /** Median over the intervals. */
    eventLoopDelayMs: number;
    /** Longest delay of a send behind its schedule. */
    behindMs: number;
  };
  intervalSeconds: number;
  intervals: ReportInterval[];
  /** The first 100 messages with lost deliveries: index in the schedule, send time, number of deliveries. */
  lossyMessages: { message: number; second: number; expected: number; lost: number }[];
  /** Invocations of the fan-out by their number of records. Empty if the target's log is not available. */
  batchSizes: Counts;
  /** Sums of the accounts that the fan-out logged, by outcome. Empty if the target's log is not available. */
  account: Counts;
  /** Predictions of the planner, with the measured values. */
  predictions: { name: string; unit: string; predicted: number; measured: number }[];
}

/** The fan-out's own counts of a run. */
export type FanOutSummary = Pick<Report, 'batchSizes' | 'account'>;

/** Milliseconds, except `count`. All zero without a value. */
export type Distribution = Record<'count' | 'mean' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max', number>;

/** The counts of one interval. They have the same meaning as in the totals. */
export interface ReportInterval {
  /** Start of the interval. */
  second: number;
  /** Connections open at the end of the interval. */
  open: number;
  opened: number;
  /** By churn. */
  killed: number;
  /** By the target. */
  closed: number;
  connectFailures: number;
  sent: number;
  deliveries: number;
  duplicates: number;
  outOfOrder: number;
  /** Deliveries overdue at the end of the interval, as estimated during the run. */
  overdue: number;
  errorFrames: Counts;
  /** `null` if the interval has no deliveries. */
  latencyMs: Pick<Distribution, 'p50' | 'p95' | 'p99' | 'max'> | null;
  /** By the interval of the message's send time. `null` if no message was sent. */
  lastClientMs: Pick<Distribution, 'p50' | 'max'> | null;
  /** By name, at the end of the interval: visible records, records in flight, and the age of the oldest record. */
  queues: Record<string, { visible: number; inFlight: number; oldestAgeMs: number }>;
  /** The highest values of all processes: share of a core, and 99th percentile of the event loop's delay. */
  generator: {
    cpu: number;
    eventLoopDelayMs: number;
    /** Longest delay of a send behind its schedule. */
    behindMs: number;
    /** Busy share of all cores of this machine, 0 to 1. */
    machineCpu: number;
  };
}

/** File names in the folder of `--out`. */
export const REPORT_FILES = { json: 'report.json', page: 'report.html' } as const;

/**
 * Creates a folder and checks that reports can be written to it.
 * @throws {UsageError} if they cannot.
 */
export const checkFolder = async (folder: string): Promise<void> => {
  try {
    await writeAtomically(join(folder, `.${process.pid}`), '');
    await rm(join(folder, `.${process.pid}`));
  } catch (error) {
    throw new UsageError(`--out: expected a writable folder, got ${folder}: ${(error as Error).message}.`);
  }
  for (const file of Object.values(REPORT_FILES).map((name) => join(folder, name))) {
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isDirectory()) throw new UsageError(`--out: expected to write the report ${file}, which is a folder.`);
  }
};

/** Writes a complete file or leaves no file. Creates its folder. */
export const writeAtomically = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {}); // the first error is the one to report
    throw error;
  }
};
