import type { Progress } from '../generator/run-load.ts';
import type { TimelineInterval } from '../generator/timeline.ts';
import { queueLabels } from '../report/queue-labels.ts';
import { format } from '../text/format.ts';
import { textTable } from '../text/text-table.ts';
import { sparkline } from './sparkline.ts';

const STAGES = { connecting: 'Connecting', running: 'Running', settling: 'Waiting for what is under way' } as const;
const SPARKS = 40;

const { duration, number } = format;

/** The state of a run for the live screen, several lines. */
export const progressLines = ({ stage, phase, elapsedMs, totalMs, timeline, intervalSeconds }: Progress): string[] => {
  const { totals, intervals } = timeline;
  const last = timeline.latest;
  const seconds = `${number(Math.floor(Math.min(elapsedMs, totalMs) / 1_000))} of ${number(totalMs / 1_000)} s`;
  const queues = Object.entries(last?.queues ?? {});
  const labels = queueLabels(queues.map(([name]) => name));
  const at = (percentile: number): string =>
    last?.latency ? duration(last.latency.getValueAtPercentile(percentile) / 1_000) : 'none';
  const perSecond = (count = 0): string => `${number(Math.round(count / intervalSeconds))}/s`;
  const history = (read: (interval: TimelineInterval) => number): string =>
    sparkline(intervals.slice(-SPARKS).map(read));
  const rows = [
    [
      'Connections',
      `${number(timeline.open)} of ${number(phase.connections)}`,
      '',
      history(({ open }) => open.reduce((sum, of) => sum + of, 0)),
    ],
    ['Sent', perSecond(last?.sent), `${number(totals.sent)} in all`, history(({ sent }) => sent)],
    [
      'Delivered',
      perSecond(last?.deliveries),
      `${number(totals.deliveries)} in all`,
      history(({ deliveries }) => deliveries),
    ],
    [
      'Latency',
      `p50 ${at(50)}`,
      `p95 ${at(95)}  p99 ${at(99)}`,
      history(({ latency }) => latency?.getValueAtPercentile(99) ?? 0),
    ],
    [
      'Overdue',
      number(timeline.overdue),
      `${number(totals.duplicates)} duplicates, ${number(totals.outOfOrder)} out of order`,
      '',
    ],
    ...queues.map(([, { visible, inFlight, oldestAgeMs }], index) => [
      'Queue',
      `${number(visible)} + ${number(inFlight)} in flight`,
      `oldest ${duration(oldestAgeMs)}  ${labels[index]}`,
      '',
    ]),
    ...troubles(totals.errorFrames, 'Error frames'),
    ...troubles(totals.connectFailures, 'Handshakes failed'),
    ...troubles(totals.closes, 'Closed by target, code'),
  ];
  return [
    `${STAGES[stage]}${stage === 'running' ? `: ${phase.name}, ${seconds}` : ''}`,
    ...textTable(rows).split('\n'),
  ];
};

const troubles = (counts: Record<string, number>, name: string): string[][] =>
  Object.keys(counts).length ? [[name, format.counts(counts)]] : [];
