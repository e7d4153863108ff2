import { cpus } from 'node:os';
import { encodeIntoCompressedBase64, type JsHistogram } from 'hdr-histogram-js';
import { type LatencyHistogram, latencyHistogram } from '../generator/latency-histogram.ts';
import type { Measurements } from '../generator/run-load.ts';
import type { TimelineInterval } from '../generator/timeline.ts';
import { redactUrl } from '../workload/target.ts';
import { judgeGenerator } from './judge-generator.ts';
import { type Distribution, type FanOutSummary, REPORT_VERSION, type Report, type ReportInterval } from './report.ts';

/** Facts about a run that it does not measure. */
export interface ReportContext {
  /** The load test started its own target. */
  local: boolean;
  /** From the accounts that the fan-out logged. Empty if the target's log is not available. */
  fanOut: FanOutSummary;
}

const MAX_LOSSY_MESSAGES = 100;

/** Makes the report of a run, without predictions. */
export const buildReport = (measured: Measurements, { local, fanOut }: ReportContext): Report => {
  const { timeline, times, account, startUs, workload, target } = measured;
  const { totals } = timeline;
  const secondOf = (us: number): number => Math.round((us - startUs) / 1_000) / 1_000;
  const lastClient = delays(times.sentAtUs, times.lastPromptAtUs);
  const intervals = intervalsOf(measured, lastClient);
  return {
    version: REPORT_VERSION,
    startedAt: measured.startedAt.toISOString(),
    ended: {
      reason: measured.ended.reason,
      second: Math.max(0, secondOf(measured.ended.atUs)),
      detail: measured.ended.detail,
    },
    target: { url: redactUrl(target.url), local },
    machine: machine(),
    workload: {
      ...workload,
      processes: measured.processes,
      senderIncluded: target.senderIncluded,
    },
    totals: totalsOf(measured),
    ...(workload.channels && { channels: { ...workload.channels, ...totals.channels } }),
    connections: connectionsOf(measured),
    latencyMs: distributionOf(totals.latency),
    lastClientMs: distributionOf(histogramOf(lastClient)),
    firstClientMs: distributionOf(histogramOf(delays(times.sentAtUs, times.firstAtUs))),
    handshakeMs: distributionOf(totals.handshake),
    histogram: {
      buckets: histogramBuckets(totals.latency),
      hdr: totals.latency.totalCount ? encodeIntoCompressedBase64(totals.latency) : '',
    },
    slow: account.slow,
    outages: measured.outages.map(({ fromUs, toUs }) => ({
      fromSecond: secondOf(fromUs),
      toSecond: toUs === undefined ? null : secondOf(toUs),
    })),
    generator: generatorOf(measured, intervals),
    intervalSeconds: measured.intervalSeconds,
    intervals,
    lossyMessages: account.lossy.slice(0, MAX_LOSSY_MESSAGES).map(({ message, expected, lost }) => ({
      ...{ message, expected, lost },
      second: secondOf(times.sentAtUs[message] ?? startUs),
    })),
    ...fanOut,
    predictions: [],
  };
};

const connectionsOf = ({ timeline: { totals }, workload, rampMs }: Measurements): Report['connections'] => ({
  wanted: Math.max(...workload.phases.map(({ connections }) => connections)),
  mostOpen: totals.mostOpen,
  opened: totals.opened,
  failed: totals.connectFailures,
  closedByTarget: totals.closes,
  killed: totals.killed,
  rampMs: Math.round(rampMs),
});

/** Figures of the generator while it sent messages. The intervals after that are left out. */
const generatorOf = (
  { timeline, startUs, ended, intervalSeconds }: Measurements,
  all: readonly ReportInterval[],
): Report['generator'] => {
  const intervals = all.filter(({ second }) => startUs + second * 1e6 < ended.atUs);
  const cpuSeconds = sum(timeline.intervals.slice(0, intervals.length).map((interval) => interval.cpuSeconds));
  return {
    ...judgeGenerator(intervals),
    cpu: cpuSeconds / Math.max(1, intervals.length * intervalSeconds),
    eventLoopDelayMs: median(intervals.map(({ generator }) => generator.eventLoopDelayMs)),
    behindMs: Math.max(0, ...intervals.map(({ generator }) => generator.behindMs)),
  };
};

const totalsOf = ({ timeline: { totals }, account }: Measurements): Report['totals'] => ({
  sent: totals.sent,
  unsent: totals.unsent,
  expected: account.expected,
  received: account.expected - account.lost,
  lost: account.lost,
  lostEntirely: account.lostEntirely,
  deliveries: totals.deliveries,
  duplicates: totals.duplicates,
  outOfOrder: totals.outOfOrder,
  own: totals.own,
  refused: account.refused,
  cutOff: account.cutOff,
  unsettled: account.unsettled,
  errorFrames: totals.errorFrames,
  otherFrames: totals.otherFrames,
});

/** Time from the send of each message to `atUs`, in microseconds. `NaN` if the message was not received. */
const delays = (sentAtUs: Float64Array, atUs: Float64Array): Float64Array =>
  sentAtUs.map((sentUs, message) => (atUs[message] as number) - sentUs);

const histogramOf = (valuesUs: Float64Array) => {
  const histogram = latencyHistogram();
  for (const value of valuesUs) if (!Number.isNaN(value)) histogram.recordValue(Math.max(1, value));
  return histogram;
};

const intervalsOf = (
  { timeline, times, startUs, intervalSeconds }: Measurements,
  lastClientUs: Float64Array,
): ReportInterval[] => {
  const ofInterval: number[][] = timeline.intervals.map(() => []);
  for (const [message, sentUs] of times.sentAtUs.entries()) {
    const delayUs = lastClientUs[message] as number;
    if (!Number.isNaN(delayUs))
      ofInterval[Math.floor((sentUs - startUs) / 1e6 / intervalSeconds)]?.push(delayUs / 1_000);
  }
  return timeline.intervals.map((interval, index) => ({
    second: index * intervalSeconds,
    ...intervalOf(interval),
    lastClientMs: lastClientOf(ofInterval[index] ?? []),
  }));
};

const intervalOf = (interval: TimelineInterval): Omit<ReportInterval, 'second' | 'lastClientMs'> => {
  const { open, overdue, latency, cpuSeconds: _, ...counted } = interval;
  const distribution = latency && distributionOf(latency);
  return {
    ...counted,
    open: sum(open),
    overdue: sum(overdue),
    latencyMs: distribution
      ? { p50: distribution.p50, p95: distribution.p95, p99: distribution.p99, max: distribution.max }
      : null,
  };
};

const lastClientOf = (delaysMs: readonly number[]): ReportInterval['lastClientMs'] =>
  delaysMs.length ? { p50: median(delaysMs), max: Math.max(...delaysMs) } : null;

const machine = (): Report['machine'] => ({
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpus: cpus().length,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;

/** The percentiles of a histogram of microseconds, in milliseconds. All zero if the histogram is empty. */
export const distributionOf = (histogram: LatencyHistogram): Distribution => {
  const at = (percentile: number): number =>
    histogram.totalCount ? histogram.getValueAtPercentile(percentile) / 1_000 : 0;
  return {
    count: histogram.totalCount,
    mean: histogram.totalCount ? Math.round(histogram.mean) / 1_000 : 0,
    p50: at(50),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p999: at(99.9),
    max: at(100),
  };
};

type Bucket = Report['histogram']['buckets'][number];

/** Ten buckets for a factor of ten: each bucket ends at 1.26 times the end of the one before. */
const PER_DECADE = 10;

/** Converts a histogram of microseconds to logarithmic buckets of milliseconds, without empty ones at both ends. */
export const histogramBuckets = (histogram: LatencyHistogram): Bucket[] => {
  const counts = new Map<number, number>();
  const values = (histogram as JsHistogram).recordedValuesIterator;
  values.reset();
  while (values.hasNext()) {
    const { valueIteratedTo, countAtValueIteratedTo } = values.next();
    const bucket = Math.ceil(Math.log10(valueIteratedTo / 1_000) * PER_DECADE);
    counts.set(bucket, (counts.get(bucket) ?? 0) + countAtValueIteratedTo);
  }
  const numbers = [...counts.keys()];
  const buckets: Bucket[] = [];
  for (let bucket = Math.min(...numbers); bucket <= Math.max(...numbers); bucket++) {
    buckets.push({ fromMs: edge(bucket - 1), toMs: edge(bucket), count: counts.get(bucket) ?? 0 });
  }
  return buckets;
};

const edge = (bucket: number): number => Number((10 ** (bucket / PER_DECADE)).toPrecision(4));
