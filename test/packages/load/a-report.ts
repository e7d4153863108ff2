import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { latencyHistogram } from '../../../packages/load/generator/latency-histogram.ts';
import { noChannelCounts, type Sample } from '../../../packages/load/generator/process-messages.ts';
import type { Measurements } from '../../../packages/load/generator/run-load.ts';
import { Timeline } from '../../../packages/load/generator/timeline.ts';
import { buildReport } from '../../../packages/load/report/build-report.ts';
import type { Report } from '../../../packages/load/report/report.ts';
import { aTarget } from './a-target.ts';
import { aPhase, aWorkload } from './a-workload.ts';

const encode = (valuesUs: readonly number[]): string => {
  const histogram = latencyHistogram();
  for (const value of valuesUs) histogram.recordValue(value);
  return encodeIntoCompressedBase64(histogram);
};

export const aSample = (sample: Partial<Sample> = {}): Sample => ({
  ...{ open: 20, pending: 0, overdue: 0, opened: 0, connectFailures: {}, closes: {}, killed: 0, sent: 2, unsent: {} },
  ...{
    deliveries: 38,
    duplicates: 0,
    outOfOrder: 0,
    own: 0,
    errorFrames: {},
    otherFrames: 0,
    channels: noChannelCounts(),
  },
  ...{
    latency: encode([10_000, 20_000, 40_000]),
    handshake: encode([5_000]),
    behindMs: 1,
    eventLoopDelayMs: 1,
    cpu: 0.1,
  },
  ...sample,
});

/** A run of three seconds with two messages in each. */
export const someMeasurements = (samples: readonly Partial<Sample>[] = [{}, {}, {}]): Measurements => {
  const timeline = new Timeline(1, 1);
  timeline.begin(0);
  for (const [index, sample] of samples.entries()) timeline.add(0, (index + 1) * 1e6, aSample(sample));
  const sentAtUs = Float64Array.from(samples.flatMap((_, index) => [index * 1e6, index * 1e6 + 5e5]));
  const after = (us: number): Float64Array => sentAtUs.map((at) => at + us);
  return {
    target: aTarget('wss://example.com/production?token=secret'),
    workload: aWorkload({ phases: [aPhase({ durationMs: samples.length * 1_000, rateFrom: 2, rateTo: 2 })] }),
    processes: 1,
    startedAt: new Date('2026-11-20T12:00:00Z'),
    ...{ startUs: 0, endUs: samples.length * 1e6, rampMs: 100 },
    ended: { reason: 'finished', atUs: samples.length * 1e6, detail: '' },
    intervalSeconds: 1,
    timeline,
    times: { sentAtUs, firstAtUs: after(10_000), lastAtUs: after(40_000), lastPromptAtUs: after(40_000) },
    account: {
      ...{ expected: 114, lost: 0, lostEntirely: 0, refused: 0, cutOff: 0, unsettled: 0 },
      slow: { expected: 0, lost: 0 },
      lossy: [],
    },
    outages: [],
  };
};

export const aReport = (report: Partial<Report> = {}): Report => ({
  ...buildReport(someMeasurements(), { local: false, fanOut: { batchSizes: {}, account: {} } }),
  ...report,
});
