import type { Report } from '../report/report.ts';
import type { FanOutProfile } from './fan-out-profile.ts';
import { timeToLastClient } from './time-to-last-client.ts';

type Phase = Report['workload']['phases'][number];
type Prediction = Report['predictions'][number];

/** What the planner expects of a run, beside what the run measured. Empty for a run that delivered nothing. */
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
 * What the median message of a phase takes: its own posts, and the wait for those before it. Where more is sent than can
 * be posted the wait grows through the phase; of a burst, half is posted before it.
 */
const waitsOf = (phase: Phase, profile: FanOutProfile): { lastMs: number; waitMs: number } => {
  const { connections, durationMs, burst } = phase;
  const { lastMs } = timeToLastClient(connections, 0, profile);
  const postingMs = (connections / profile.postsPerSecond / profile.concurrency) * 1_000;
  const asked = ((messagesOf(phase) - burst) * postingMs) / durationMs;
  const behindMs = Math.max(0, asked - 1) * (durationMs / 2);
  return { lastMs, waitMs: behindMs + (burst * postingMs) / 2 };
};

/** The value of the middle message over all phases. */
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
