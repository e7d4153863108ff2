import { format } from '../../text/format.ts';
import { queueLabels } from '../queue-labels.ts';
import type { Report, ReportInterval } from '../report.ts';
import { barPlot, type LineSeries, linePlot } from './plots.ts';

/** Makes the plots of a report. Plots without a value are left out. */
export const pagePlots = (report: Report, old: Report | undefined): string[] => [
  ...timePlots(report),
  ...queuePlots(report),
  ...histogramPlot(report, old),
  ...batchPlot(report),
  ...generatorPlot(report),
];

const linesOf =
  (intervals: readonly ReportInterval[]) =>
  (name: string, read: (interval: ReportInterval) => number | null | undefined, dashed = false): LineSeries => ({
    name,
    values: intervals.map((interval) => read(interval) ?? null),
    dashed,
  });

/** The common options of the plots over time. If the target died, no time is shaded: the lines go down to zero. */
const timeOf = ({ intervals, workload, ended }: Report) => ({
  xs: intervals.map(({ second }) => second),
  marks: phaseStarts(workload.phases).slice(1),
  settlesAt: ended.reason === 'target died' ? undefined : ended.second,
});

const timePlots = (report: Report): string[] => {
  const { intervals, intervalSeconds } = report;
  const time = timeOf(report);
  const line = linesOf(intervals);
  const codes = [...new Set(intervals.flatMap(({ errorFrames }) => Object.keys(errorFrames)))].slice(0, 3);
  const sendingUntil = time.settlesAt ?? Number.POSITIVE_INFINITY;
  const isSending = ({ second, sent }: ReportInterval): boolean => second < sendingUntil || sent > 0;
  const lastBusy = intervals.findLast((i) => isSending(i) || i.deliveries + i.duplicates > 0)?.second ?? 0;
  const arrivals = (i: ReportInterval, count: number): number | null =>
    i.second <= lastBusy ? count / intervalSeconds : null;
  // In the last interval of sending, only the time until the end of sending counts.
  const secondsOf = ({ second }: ReportInterval): number =>
    second < sendingUntil ? Math.min(intervalSeconds, sendingUntil - second) : intervalSeconds;
  const plots = [
    ...linePlot({
      title: 'Latency',
      note: 'Time from the send to each delivery, by the time of the delivery.',
      ...time,
      quantity: 'duration',
      series: [
        line('p50', (i) => i.latencyMs?.p50),
        line('p95', (i) => i.latencyMs?.p95),
        line('p99', (i) => i.latencyMs?.p99),
      ],
    }),
    ...linePlot({
      title: 'Time to the last client',
      note: 'Time from the send to the last delivery of each message, by the time of the send.',
      ...time,
      quantity: 'duration',
      series: [
        line('half of the messages', (i) => i.lastClientMs?.p50),
        line('slowest message', (i) => i.lastClientMs?.max),
      ],
    }),
    ...linePlot({
      title: 'Deliveries a second',
      note: 'Messages that reached a connection, and deliveries that are overdue.',
      ...time,
      quantity: 'number',
      series: [
        line('deliveries', (i) => arrivals(i, i.deliveries)),
        line('overdue', (i) => i.overdue),
        line('duplicates', (i) => arrivals(i, i.duplicates)),
      ],
    }),
    ...linePlot({
      title: 'Messages sent a second',
      note: 'The schedule does not wait for the target.',
      ...time,
      quantity: 'number',
      series: [line('sent', (i) => (isSending(i) ? i.sent / secondsOf(i) : null))],
    }),
    ...linePlot({
      title: 'Connections',
      note: 'Open at the end of each interval; opened and closed during the interval.',
      ...time,
      quantity: 'number',
      whole: true,
      series: [
        line('open', (i) => i.open),
        line('opened', (i) => i.opened),
        line('killed by churn', (i) => i.killed),
        line('closed by the target', (i) => i.closed),
      ],
    }),
  ];
  if (codes.length > 0 || intervals.some(({ connectFailures }) => connectFailures > 0)) {
    plots.push(
      ...linePlot({
        title: 'Errors',
        note: 'Error frames by code, and handshakes that failed.',
        ...time,
        quantity: 'number',
        whole: true,
        series: [
          ...codes.map((code) => line(code, (i) => i.errorFrames[code] ?? 0)),
          line('failed handshakes', (i) => i.connectFailures),
        ],
      }),
    );
  }
  return plots;
};

const queuePlots = (report: Report): string[] => {
  const { intervals } = report;
  const time = timeOf(report);
  const line = linesOf(intervals);
  const names = [...new Set(intervals.flatMap(({ queues }) => Object.keys(queues)))].slice(0, 4);
  if (names.length === 0) return [];
  const labels = queueLabels(names);
  const series = (read: (queue: ReportInterval['queues'][string]) => number): LineSeries[] =>
    names.map((name, index) =>
      line(labels[index] ?? name, ({ queues: { [name]: queue } }) => (queue ? read(queue) : 0)),
    );
  return [
    ...linePlot({
      title: 'Queue depth',
      note: 'Visible records and records in flight.',
      ...time,
      quantity: 'number',
      whole: true,
      series: series(({ visible, inFlight }) => visible + inFlight),
    }),
    ...linePlot({
      title: 'Queue age',
      note: 'Age of the oldest record.',
      ...time,
      quantity: 'duration',
      series: series(({ oldestAgeMs }) => oldestAgeMs),
    }),
  ];
};

const histogramPlot = (report: Report, old: Report | undefined): string[] => {
  const [shares, before] = [sharesOf(report), old && sharesOf(old)];
  const edges = [...new Set([...shares.keys(), ...(before?.keys() ?? [])])].sort((a, b) => a - b);
  const bars = edges.map((toMs) => ({
    label: format.duration(toMs),
    value: shares.get(toMs) ?? 0,
    ...(before && { old: before.get(toMs) ?? 0 }),
  }));
  const note = 'Share of the deliveries by latency. Each bar ends at 1.26 times the end of the one before.';
  return bars.length > 0 ? [barPlot({ title: 'Latency histogram', note, bars, quantity: 'share' })] : [];
};

const sharesOf = ({ histogram, latencyMs }: Report): Map<number, number> =>
  new Map(histogram.buckets.map(({ toMs, count }) => [toMs, count / Math.max(1, latencyMs.count)]));

const batchPlot = ({ batchSizes }: Report): string[] => {
  const sizes = Object.keys(batchSizes);
  if (sizes.length === 0) return [];
  const bars = sizes.map((size) => ({ label: size, value: batchSizes[size] ?? 0 }));
  return [
    barPlot({
      title: 'Fan-out batch sizes',
      note: 'Invocations by their number of broadcasts.',
      bars,
      quantity: 'number',
    }),
  ];
};

const generatorPlot = (report: Report): string[] => {
  const line = linesOf(report.intervals);
  return linePlot({
    title: 'The generator itself',
    note: 'If a line is near 100 %, the load generator, not the target, limited the results above.',
    ...timeOf(report),
    quantity: 'share',
    series: [
      line('core of the busiest process', (i) => i.generator.cpu),
      line('all cores of this machine', (i) => i.generator.machineCpu || null),
    ],
  });
};

/** Start of each phase, in seconds after the start of the first. */
export const phaseStarts = (phases: Report['workload']['phases']): number[] => {
  let second = 0;
  return phases.map(({ durationMs }) => {
    const start = second;
    second += durationMs / 1_000;
    return start;
  });
};
