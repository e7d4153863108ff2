import type { Progress } from '../generator/run-load.ts';
import { queueLabels } from '../report/queue-labels.ts';
import { format } from '../text/format.ts';

const { duration, number } = format;

/** The state of a run in one line, for output that is no terminal. */
export const progressLine = ({ stage, phase, elapsedMs, timeline, intervalSeconds }: Progress): string => {
  const { totals } = timeline;
  const last = timeline.latest;
  const queues = Object.entries(last?.queues ?? {});
  const labels = queueLabels(queues.map(([name]) => name));
  const at = (percentile: number): string =>
    last?.latency ? duration(last.latency.getValueAtPercentile(percentile) / 1_000) : 'none';
  const perSecond = (count = 0): string => `${number(Math.round(count / intervalSeconds))}/s`;
  return [
    stage === 'running' ? `${Math.round(elapsedMs / 1_000)} s ${phase.name}` : stage,
    `${number(timeline.open)} connections`,
    `sent ${perSecond(last?.sent)}`,
    `delivered ${perSecond(last?.deliveries)}`,
    `p50 ${at(50)} p95 ${at(95)} p99 ${at(99)}`,
    `overdue ${number(timeline.overdue)}`,
    `duplicates ${number(totals.duplicates)}`,
    ...queues.map(
      ([, queue], index) => `${labels[index]} ${queue.visible + queue.inFlight} oldest ${duration(queue.oldestAgeMs)}`,
    ),
  ].join(' | ');
};
