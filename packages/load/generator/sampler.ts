import { monitorEventLoopDelay } from 'node:perf_hooks';
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { type LatencyHistogram, latencyHistogram } from './latency-histogram.ts';
import { noChannelCounts, type Sample } from './process-messages.ts';

/** The part of a sample that is counted between two samples. */
export type Counted = Omit<
  Sample,
  'open' | 'pending' | 'overdue' | 'latency' | 'handshake' | 'eventLoopDelayMs' | 'cpu'
>;

const zeroCounts = (): Counted => ({
  opened: 0,
  connectFailures: {},
  closes: {},
  killed: 0,
  sent: 0,
  unsent: {},
  deliveries: 0,
  duplicates: 0,
  outOfOrder: 0,
  own: 0,
  errorFrames: {},
  otherFrames: 0,
  channels: noChannelCounts(),
  behindMs: 0,
});

/** Counts events in a generator process, and measures the process's own load. */
export class Sampler {
  counted: Counted = zeroCounts();
  readonly latency: LatencyHistogram = latencyHistogram();
  readonly handshake: LatencyHistogram = latencyHistogram();
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  #cpu = process.cpuUsage();
  #takenAt = performance.now();

  constructor() {
    this.#delay.enable();
  }

  /** Returns the sample since the last call and resets all counts. */
  take(now: Pick<Sample, 'open' | 'pending' | 'overdue'>): Sample {
    const elapsedMs = performance.now() - this.#takenAt;
    const cpu = process.cpuUsage(this.#cpu);
    const sample: Sample = {
      ...now,
      ...this.counted,
      latency: encode(this.latency),
      handshake: encode(this.handshake),
      // The monitor measures the interval of its own 10 ms timer. The time above 10 ms is delay.
      eventLoopDelayMs: Math.max(0, this.#delay.percentile(99) / 1e6 - 10),
      cpu: (cpu.user + cpu.system) / 1_000 / elapsedMs,
    };
    this.counted = zeroCounts();
    this.#delay.reset();
    this.#cpu = process.cpuUsage();
    this.#takenAt += elapsedMs;
    return sample;
  }
}

const encode = (histogram: LatencyHistogram): string => {
  if (histogram.totalCount === 0) return '';
  const text = encodeIntoCompressedBase64(histogram);
  histogram.reset();
  return text;
};
