import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../../command-line/command.ts';
import type { Workload } from '../workload/workload.ts';

/** Version of `report.json`. It changes when a field is renamed or removed or means something else. */
export const REPORT_VERSION = 1;

/** How often each key was counted. */
type Counts = Record<string, number>;

/** `report.json`. Seconds count from the start of the first phase. */
export interface Report {
  version: typeof REPORT_VERSION;
  /** ISO 8601, start of the first phase. */
  startedAt: string;
  /** Why and when the run ended, and one sentence on it, or none. */
  ended: { reason: 'finished' | 'interrupted' | 'target died' | 'generator died'; second: number; detail: string };
  /** The URL without query string and credentials; whether the run started its own local run. */
  target: { url: string; local: boolean };
  /** Node's version, OS and architecture, number of cores and their model. */
  machine: { node: string; platform: string; cpus: number; cpu: string };
  /** With the number of generator processes, and whether a sender expects its own message. */
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
    /** Messages that reached nobody, without an error frame to the sender. */
    lostEntirely: number;
    /** First deliveries, to connections that were not present throughout too. */
    deliveries: number;
    /** Further deliveries of the same message to the same connection. */
    duplicates: number;
    /** Deliveries after a message that was sent later. */
    outOfOrder: number;
    /** Deliveries of a message to its sender, which should not get it. */
    own: number;
    /** Messages answered with an error frame that reached nobody; not in `expected`. */
    refused: number;
    /** Messages that reached nobody and whose sender lost its connection; not in `expected`. */
    cutOff: number;
    /** Messages sent less than `settleMs` before the run ended; not in `expected`. */
    unsettled: number;
    /** By code. */
    errorFrames: Counts;
    /** Received texts that are neither a message of this run nor an error frame. */
    otherFrames: number;
  };
  connections: {
    /** Most that a phase asks for. */
    wanted: number;
    /** Most that were open at once. */
    mostOpen: number;
    /** Handshakes that succeeded. */
    opened: number;
    /** Handshakes that failed, by status or error code. */
    failed: Counts;
    /** By close code. */
    closedByTarget: Counts;
    /** By churn. */
    killed: number;
    /** Until the connections of the first phase were open. */
    rampMs: number;
  };
  /** From sending to each delivery. Connections that read slowly are left out. */
  latencyMs: Distribution;
  /** From sending to the last delivery, of each message. */
  lastClientMs: Distribution;
  /** From sending to the first delivery, of each message. */
  firstClientMs: Distribution;
  handshakeMs: Distribution;
  /** Of `latencyMs`: deliveries above `fromMs` and up to `toMs`. */
  histogram: {
    buckets: { fromMs: number; toMs: number; count: number }[];
    /** HdrHistogram V2, compressed, Base64, in microseconds; empty without deliveries. */
    hdr: string;
  };
  /** Of `totals`, what concerns connections that read slowly. */
  slow: { expected: number; lost: number };
  /** Times at which no connection was open. `null`: to the end. */
  outages: { fromSecond: number; toSecond: number | null }[];
  generator: {
    /** Whether the generator, not the target, limits what was measured. */
    limited: boolean;
    /** Why, and what to do. */
    findings: string[];
    /** Mean share of a core of all generator processes together. */
    cpu: number;
    /** Median over the intervals. */
    eventLoopDelayMs: number;
    /** Most that a message was sent behind schedule. */
    behindMs: number;
  };
  intervalSeconds: number;
  intervals: ReportInterval[];
  /** The first 100 messages that somebody did not receive: place in the schedule, when it was sent, connections. */
  lossyMessages: { message: number; second: number; expected: number; lost: number }[];
  /** Invocations of the fan-out by how many records they worked on. Empty if the target does not tell. */
  batchSizes: Counts;
  /** Sums of what the fan-out accounted for, by outcome. Empty if the target does not tell. */
  account: Counts;
  /** What the planner expected of this run beside what was measured. */
  predictions: { name: string; unit: string; predicted: number; measured: number }[];
}

/** What the fan-out itself says it did during a run. */
export type FanOutSummary = Pick<Report, 'batchSizes' | 'account'>;

/** Milliseconds, except `count`. All zero without a value. */
export type Distribution = Record<'count' | 'mean' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max', number>;

/** Counts are of this interval alone and mean what they mean in the totals. */
export interface ReportInterval {
  /** Its start. */
  second: number;
  /** Connections open at its end. */
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
  /** Deliveries overdue at its end, as estimated while it ran. */
  overdue: number;
  errorFrames: Counts;
  /** Of the deliveries of this interval; `null` without any. */
  latencyMs: Pick<Distribution, 'p50' | 'p95' | 'p99' | 'max'> | null;
  /** Of the messages sent in this interval; `null` without any. */
  lastClientMs: Pick<Distribution, 'p50' | 'max'> | null;
  /** At its end, by name: records that wait, records that a function works on, and the age of the oldest. */
  queues: Record<string, { visible: number; inFlight: number; oldestAgeMs: number }>;
  /** The busiest or slowest of the processes: its share of a core and the 99th percentile of its event loop's delay. */
  generator: {
    cpu: number;
    eventLoopDelayMs: number;
    /** Most that a message was sent behind schedule. */
    behindMs: number;
    /** Share of all cores of this machine that was busy, 0 to 1. */
    machineCpu: number;
  };
}

/** In the folder of `--out`. */
export const REPORT_FILES = { json: 'report.json', page: 'report.html' } as const;

/**
 * Makes sure that reports can be written to a folder, which it makes.
 * @throws {UsageError} naming what is in the way.
 */
export const checkFolder = async (folder: string): Promise<void> => {
  try {
    await writeWhole(join(folder, `.${process.pid}`), '');
    await rm(join(folder, `.${process.pid}`));
  } catch (error) {
    throw new UsageError(
      `--out: expected a folder that can be written to, got ${folder}: ${(error as Error).message}.`,
    );
  }
  for (const file of Object.values(REPORT_FILES).map((name) => join(folder, name))) {
    const there = await stat(file).catch(() => undefined);
    if (there?.isDirectory()) throw new UsageError(`--out: expected no folder in place of a report, got ${file}.`);
  }
};

/** Writes a file whole or not at all, its folder included. */
export const writeWhole = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {}); // why it could not be written is the news
    throw error;
  }
};
