import type { Report } from '../report/report-schema.ts';
import type { FanOutProfile } from './fan-out-profile.ts';
import { timeToLastClient } from './time-to-last-client.ts';

type Phase = Report['workload']['phases'][number];
type Prediction = Report['predictions'][number];

/** What the planner expects of a run, beside what the run measured. Empty for a run that delivered nothing. */
export const predictRun = (report: Report, profile: FanOutProfile): Prediction[] => {
  const { workload, lastClientMs, firstClientMs, connections, totals } = report;
  const phases = workload.phases.filter((phase) => messagesOf(phase) > 0);
  if (lastClientMs.count === 0 || phases.length === 0) return [];
  const first = workload.phases[0]?.connections ?? 0;
  return [
    prediction(
      'Last client, mean',
      'ms',
      meanOf(phases, (phase) => lastClientOf(phase, profile)),
      lastClientMs.mean,
    ),
    prediction(
      'First client, mean',
      'ms',
      meanOf(phases, (phase) => lastClientOf({ ...phase, connections: 0 }, profile)),
      firstClientMs.mean,
    ),
    prediction('Deliveries', '', deliveriesOf(report), totals.deliveries),
    prediction('Ramp', 'ms', (first / workload.connectionsPerSecond) * 1_000, connections.rampMs),
  ];
};

const prediction = (name: string, unit: string, predicted: number, measured: number): Prediction => ({
  ...{ name, unit, measured },
  predicted: Math.round(predicted * 10) / 10,
});

const messagesOf = ({ burst, rateFrom, rateTo, durationMs }: Phase): number =>
  burst + (((rateFrom + rateTo) / 2) * durationMs) / 1_000;

const meanOf = (phases: readonly Phase[], value: (phase: Phase) => number): number => {
  const messages = phases.reduce((sum, phase) => sum + messagesOf(phase), 0);
  return phases.reduce((sum, phase) => sum + value(phase) * messagesOf(phase), 0) / messages;
};

/** Mean over the messages of a phase. Where more is sent than can be posted, each message waits for those before it. */
const lastClientOf = (phase: Phase, profile: FanOutProfile): number => {
  const { connections, durationMs, burst } = phase;
  const rate = (messagesOf(phase) - burst) / (durationMs / 1_000);
  const { lastMs } = timeToLastClient(connections, 0, profile);
  const oneMs = (connections / profile.postsPerSecond / profile.concurrency) * 1_000;
  const behindMs = Math.max(0, rate * (oneMs / 1_000) - 1) * (durationMs / 2);
  // A burst is posted one message after the other: half of it is before the mean message.
  return lastMs + behindMs + (burst * oneMs) / 2;
};

const deliveriesOf = ({ workload: { phases, senderIncluded } }: Report): number =>
  phases.reduce((sum, phase) => sum + Math.ceil(messagesOf(phase)) * (phase.connections - (senderIncluded ? 0 : 1)), 0);
