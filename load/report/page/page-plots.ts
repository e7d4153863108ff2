import { format } from '../format.ts';
import type { Report, ReportInterval } from '../report-schema.ts';
import { barPlot } from './bar-plot.ts';
import { type LineSeries, linePlot } from './line-plot.ts';
import { phaseStarts } from './phase-starts.ts';

const { duration, number, share } = format;

/** Every plot of a report that has something to show. */
export const pagePlots = (report: Report, old: Report | undefined): string[] => [
  ...timePlots(report),
  ...queuePlots(report),
  histogramPlot(report, old),
  ...batchPlot(report),
  generatorPlot(report),
];

const linesOf =
  (intervals: readonly ReportInterval[]) =>
  (name: string, read: (interval: ReportInterval) => number | null | undefined, dashed = false): LineSeries => ({
    name,
    values: intervals.map((interval) => read(interval) ?? null),
    dashed,
  });

const timePlots = ({ intervals, intervalSeconds, workload }: Report): string[] => {
  const marks = phaseStarts(workload.phases).slice(1);
  const line = linesOf(intervals);
  const xs = intervals.map(({ second }) => second);
  const codes = [...new Set(intervals.flatMap(({ errorFrames }) => Object.keys(errorFrames)))].slice(0, 3);
  const perSecond = (value: number): number => value / intervalSeconds;
  const plots = [
    linePlot({
      title: 'Latency',
      note: 'From sending to each delivery, by when it was delivered.',
      ...{ xs, marks, format: duration },
      series: [
        line('p50', (i) => i.latencyMs?.p50),
        line('p95', (i) => i.latencyMs?.p95),
        line('p99', (i) => i.latencyMs?.p99),
      ],
    }),
    linePlot({
      title: 'Time to the last client',
      note: 'From sending to the last delivery of each message, by when it was sent.',
      ...{ xs, marks, format: duration },
      series: [
        line('half of the messages', (i) => i.lastClientMs?.p50),
        line('slowest message', (i) => i.lastClientMs?.max),
      ],
    }),
    linePlot({
      title: 'Deliveries a second',
      note: 'Messages that reached a connection, and what is overdue at the moment.',
      ...{ xs, marks, format: number },
      series: [
        line('deliveries', (i) => perSecond(i.deliveries)),
        line('overdue', (i) => i.overdue),
        line('duplicates', (i) => perSecond(i.duplicates)),
      ],
    }),
    linePlot({
      title: 'Messages sent a second',
      note: 'A schedule that does not wait for the target.',
      ...{ xs, marks, format: number },
      series: [line('sent', (i) => perSecond(i.sent))],
    }),
    linePlot({
      title: 'Connections',
      note: 'Open at the end of each interval, and how many came and went in it.',
      ...{ xs, marks, format: number, whole: true },
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
      linePlot({
        title: 'Errors',
        note: 'Error frames by code, and handshakes that failed.',
        ...{ xs, marks, format: number, whole: true },
        series: [
          ...codes.map((code) => line(code, (i) => i.errorFrames[code] ?? 0)),
          line('failed handshakes', (i) => i.connectFailures),
        ],
      }),
    );
  }
  return plots;
};

const queuePlots = ({ intervals, workload }: Report): string[] => {
  const marks = phaseStarts(workload.phases).slice(1);
  const line = linesOf(intervals);
  const xs = intervals.map(({ second }) => second);
  const names = [...new Set(intervals.flatMap(({ queues }) => Object.keys(queues)))].slice(0, 4);
  if (names.length === 0) return [];
  return [
    linePlot({
      title: 'Queue depth',
      note: 'Records that wait or are being worked on, where the target tells.',
      ...{ xs, marks, format: number, whole: true },
      series: names.map((name) => line(name, ({ queues: { [name]: q } }) => (q ? q.visible + q.inFlight : 0))),
    }),
    linePlot({
      title: 'Queue age',
      note: 'Age of the oldest record.',
      ...{ xs, marks, format: duration },
      series: names.map((name) => line(name, ({ queues: { [name]: q } }) => q?.oldestAgeMs ?? 0)),
    }),
  ];
};

const histogramPlot = (report: Report, old: Report | undefined): string => {
  const [shares, before] = [sharesOf(report), old && sharesOf(old)];
  const edges = [...new Set([...shares.keys(), ...(before?.keys() ?? [])])].sort((a, b) => a - b);
  const bars = edges.map((toMs) => ({
    label: duration(toMs),
    value: shares.get(toMs) ?? 0,
    ...(before && { old: before.get(toMs) ?? 0 }),
  }));
  const note = 'Share of the deliveries up to each latency; each bar ends 1.26 times above the one before.';
  return barPlot({ title: 'Latency histogram', note, bars, format: share });
};

const sharesOf = ({ histogram, latencyMs }: Report): Map<number, number> =>
  new Map(histogram.buckets.map(({ toMs, count }) => [toMs, count / Math.max(1, latencyMs.count)]));

const batchPlot = ({ batchSizes }: Report): string[] => {
  const sizes = Object.keys(batchSizes);
  if (sizes.length === 0) return [];
  const bars = sizes.map((size) => ({ label: size, value: batchSizes[size] ?? 0 }));
  return [
    barPlot({ title: 'Fan-out batch sizes', note: 'Broadcasts that one invocation worked on.', bars, format: number }),
  ];
};

const generatorPlot = ({ intervals }: Report): string => {
  const line = linesOf(intervals);
  return linePlot({
    title: 'The generator itself',
    note: 'Where these lines are near 100 %, the figures above are the generator’s limit, not the target’s.',
    ...{ xs: intervals.map(({ second }) => second), format: share },
    series: [
      line('core of the busiest process', (i) => i.generator.cpu),
      line('all cores of this machine', (i) => i.generator.machineCpu || null),
    ],
  });
};
