import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import type { QueueReading } from '../workload/target.ts';
import { type LatencyHistogram, latencyHistogram } from './latency-histogram.ts';
import { type ChannelCounts, type Counts, countBy, noChannelCounts, type Sample } from './process-messages.ts';

/** The samples of all processes over one interval. */
export interface TimelineInterval {
  /** Open connections of each process at the end of the interval. `overdue` has the same form, for deliveries. */
  open: number[];
  overdue: number[];
  opened: number;
  killed: number;
  closed: number;
  connectFailures: number;
  sent: number;
  deliveries: number;
  duplicates: number;
  outOfOrder: number;
  errorFrames: Counts;
  latency: LatencyHistogram | undefined;
  queues: Record<string, Omit<QueueReading, 'name'>>;
  /** CPU seconds of all processes. */
  cpuSeconds: number;
  /** The busiest or slowest of the processes. */
  generator: { cpu: number; eventLoopDelayMs: number; behindMs: number; machineCpu: number };
}

/** Sums over the whole run. */
export interface TimelineTotals {
  opened: number;
  killed: number;
  sent: number;
  deliveries: number;
  duplicates: number;
  outOfOrder: number;
  own: number;
  otherFrames: number;
  channels: ChannelCounts;
  unsent: Counts;
  errorFrames: Counts;
  connectFailures: Counts;
  closes: Counts;
  mostOpen: number;
  latency: LatencyHistogram;
  handshake: LatencyHistogram;
}

const SUMMED = ['opened', 'killed', 'sent', 'deliveries', 'duplicates', 'outOfOrder'] as const;

/** Adds up the samples of all processes. Samples before {@link begin} are in the totals but in no interval. */
export class Timeline {
  readonly intervals: TimelineInterval[] = [];
  readonly totals: TimelineTotals = {
    ...{ opened: 0, killed: 0, sent: 0, deliveries: 0, duplicates: 0, outOfOrder: 0, own: 0, otherFrames: 0 },
    ...{ unsent: {}, errorFrames: {}, connectFailures: {}, closes: {}, mostOpen: 0 },
    channels: noChannelCounts(),
    latency: latencyHistogram(),
    handshake: latencyHistogram(),
  };
  readonly #intervalUs: number;
  readonly #processes: number;
  readonly #open: number[];
  readonly #overdue: number[];
  #latest: TimelineInterval | undefined;
  #startUs = Number.POSITIVE_INFINITY;

  constructor(intervalSeconds: number, processes: number) {
    this.#intervalUs = intervalSeconds * 1e6;
    this.#processes = processes;
    this.#open = new Array(processes).fill(0);
    this.#overdue = new Array(processes).fill(0);
  }

  get open(): number {
    return sum(this.#open);
  }

  get overdue(): number {
    return sum(this.#overdue);
  }

  /** The last interval with a sample. */
  get latest(): TimelineInterval | undefined {
    return this.#latest;
  }

  begin(startUs: number): void {
    this.#startUs = startUs;
  }

  add(process: number, atUs: number, sample: Sample): void {
    this.#open[process] = sample.open;
    this.#overdue[process] = sample.overdue;
    const { totals } = this;
    totals.mostOpen = Math.max(totals.mostOpen, this.open);
    for (const key of [...SUMMED, 'own', 'otherFrames'] as const) totals[key] += sample[key];
    for (const key of Object.keys(totals.channels) as (keyof ChannelCounts)[])
      totals.channels[key] += sample.channels[key];
    for (const key of ['unsent', 'errorFrames', 'connectFailures', 'closes'] as const)
      addCounts(totals[key], sample[key]);
    if (sample.handshake) totals.handshake.add(decodeFromCompressedBase64(sample.handshake));
    const latency = sample.latency ? decodeFromCompressedBase64(sample.latency) : undefined;
    if (latency) totals.latency.add(latency);
    const interval = this.#intervalEndingAt(atUs);
    if (interval) this.#addTo(interval, sample, latency);
  }

  /** Adds the coordinator's own measurements to the last interval with a sample. */
  observe({ queues, machineCpu }: { queues: readonly QueueReading[]; machineCpu: number }): void {
    const interval = this.#latest;
    if (!interval) return;
    for (const { name, ...reading } of queues) interval.queues[name] = reading;
    interval.generator.machineCpu = Math.max(interval.generator.machineCpu, machineCpu);
  }

  #addTo(interval: TimelineInterval, sample: Sample, latency: LatencyHistogram | undefined): void {
    this.#latest = interval;
    interval.open = [...this.#open];
    interval.overdue = [...this.#overdue];
    for (const key of SUMMED) interval[key] += sample[key];
    interval.closed += sum(Object.values(sample.closes));
    interval.connectFailures += sum(Object.values(sample.connectFailures));
    addCounts(interval.errorFrames, sample.errorFrames);
    if (latency) {
      interval.latency ??= latencyHistogram();
      interval.latency.add(latency);
    }
    interval.cpuSeconds += sample.cpu;
    const { generator } = interval;
    generator.cpu = Math.max(generator.cpu, sample.cpu);
    generator.eventLoopDelayMs = Math.max(generator.eventLoopDelayMs, sample.eventLoopDelayMs);
    generator.behindMs = Math.max(generator.behindMs, sample.behindMs);
  }

  /** A sample taken at the end of a second belongs to the interval of that second. */
  #intervalEndingAt(atUs: number): TimelineInterval | undefined {
    const sinceUs = atUs - this.#startUs;
    if (!(sinceUs > 500_000)) return undefined;
    const index = Math.floor((sinceUs - 500_000) / this.#intervalUs);
    while (this.intervals.length <= index) this.intervals.push(this.#emptyInterval());
    return this.intervals[index];
  }

  #emptyInterval(): TimelineInterval {
    return {
      open: [...this.#open],
      overdue: new Array(this.#processes).fill(0),
      ...{ opened: 0, killed: 0, closed: 0, connectFailures: 0, sent: 0, deliveries: 0, duplicates: 0, outOfOrder: 0 },
      errorFrames: {},
      latency: undefined,
      queues: {},
      cpuSeconds: 0,
      generator: { cpu: 0, eventLoopDelayMs: 0, behindMs: 0, machineCpu: 0 },
    };
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const addCounts = (to: Counts, from: Counts): void => {
  for (const [key, times] of Object.entries(from)) countBy(to, key, times);
};
