import type { Report } from '../report/report.ts';
import type { FanOutProfile } from './fan-out-profile.ts';
import { timeToLastClient } from './time-to-last-client.ts';

type Phase = Report['workload']['phases'][number];
type Prediction = Report['predictions'][number];

/** Compares the planner's predictions for a run with its measurements. Empty for a run without deliveries. */
export const predictRun = (report: Report, profile: FanOutProfile): Prediction[] => {
  const { workload, lastClientMs, firstClientMs } = report;
  const phases = workload.phases.filter((phase) => messagesOf(phase) > 0);
  if (lastClientMs.count === 0 || phases.length === 0) return [];
  const waits = phases.map((phase) => ({ messages: messagesOf(phase), ...waitsOf(phase, profile) }));
  const { firstMs } = timeToLastClient(0, 0, profile);
  const first = waits.map(({ messages, waitMs }) => ({ messages, ms: firstMs + waitMs }));
  const last = waits.map(({ messages, waitMs, lastMs }) => ({ messages, ms: lastMs + waitMs }));
  return [
    prediction('First client, half of the messages', medianOf(first), firstClientMs.p50),
    prediction('Last client, half of the messages', medianOf(last), lastClientMs.p50),
  ];
};

const prediction = (name: string, predicted: number, measured: number): Prediction => ({
  ...{ name, unit: 'ms', measured },
  predicted: Math.round(predicted * 10) / 10,
});

const messagesOf = ({ burst, rateFrom, rateTo, durationMs }: Phase): number =>
  burst + (((rateFrom + rateTo) / 2) * durationMs) / 1_000;

/**
 * The times of the median message of a phase: its own posts, and the wait for earlier messages. If the rate exceeds the
 * capacity, the wait grows through the phase. The median message of a burst waits for half of the burst.
 */
const waitsOf = (phase: Phase, profile: FanOutProfile): { lastMs: number; waitMs: number } => {
  const { connections, durationMs, burst } = phase;
  const { lastMs } = timeToLastClient(connections, 0, profile);
  const postingMs = (connections / profile.postsPerSecond / profile.concurrency) * 1_000;
  const utilization = ((messagesOf(phase) - burst) * postingMs) / durationMs;
  const behindMs = Math.max(0, utilization - 1) * (durationMs / 2);
  return { lastMs, waitMs: behindMs + (burst * postingMs) / 2 };
};

/** The value of the median message of all phases. */
const medianOf = (phases: readonly { messages: number; ms: number }[]): number => {
  const sorted = phases.toSorted((a, b) => a.ms - b.ms);
  const half = phases.reduce((sum, { messages }) => sum + messages, 0) / 2;
  let passed = 0;
  for (const { messages, ms } of sorted) {
    passed += messages;
    if (passed >= half) return ms;
  }
  return 0;
};
