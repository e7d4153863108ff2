import { monitorEventLoopDelay } from 'node:perf_hooks';
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { type LatencyHistogram, latencyHistogram } from './latency-histogram.ts';
import type { Sample } from './process-messages.ts';

/** What is counted as it happens. */
export type Counted = Omit<
  Sample,
  'open' | 'pending' | 'overdue' | 'latency' | 'handshake' | 'eventLoopDelayMs' | 'cpu'
>;

const nothing = (): Counted => ({
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
  behindMs: 0,
});

/** Collects what happens in a generator process, and how hard the process itself has to work for it. */
export class Sampler {
  counted: Counted = nothing();
  readonly latency: LatencyHistogram = latencyHistogram();
  readonly handshake: LatencyHistogram = latencyHistogram();
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  #cpu = process.cpuUsage();
  #takenAt = performance.now();

  constructor() {
    this.#delay.enable();
  }

  /** What happened since the last time, and starts anew. */
  take(now: Pick<Sample, 'open' | 'pending' | 'overdue'>): Sample {
    const elapsedMs = performance.now() - this.#takenAt;
    const cpu = process.cpuUsage(this.#cpu);
    const sample: Sample = {
      ...now,
      ...this.counted,
      latency: encoded(this.latency),
      handshake: encoded(this.handshake),
      // The monitor measures its own 10 ms timer: what is above that is delay.
      eventLoopDelayMs: Math.max(0, this.#delay.percentile(99) / 1e6 - 10),
      cpu: (cpu.user + cpu.system) / 1_000 / elapsedMs,
    };
    this.counted = nothing();
    this.#delay.reset();
    this.#cpu = process.cpuUsage();
    this.#takenAt += elapsedMs;
    return sample;
  }
}

const encoded = (histogram: LatencyHistogram): string => {
  if (histogram.totalCount === 0) return '';
  const text = encodeIntoCompressedBase64(histogram);
  histogram.reset();
  return text;
};
