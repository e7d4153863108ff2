import type { Progress } from './generator/run-load.ts';
import type { TimelineInterval } from './generator/timeline.ts';
import { queueLabels } from './report/queue-labels.ts';
import { format } from './text/format.ts';
import { textTable } from './text/text-table.ts';

/** The stream that a display writes to, usually `process.stderr`. */
export interface DisplayStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** Time between two plain lines, in milliseconds. */
const PLAIN_EVERY_MS = 5_000;
const ERASE_BELOW = '\u001b[0J';
const upBy = (lines: number): string => (lines > 0 ? `\u001b[${lines}F` : '');

/** Shows the progress of a run: redraws a screen in a terminal, prints a line every five seconds elsewhere. */
export class ProgressDisplay {
  readonly #stream: DisplayStream;
  #drawn = 0;
  #stage = '';
  #plainAtMs = 0;

  constructor(stream: DisplayStream) {
    this.#stream = stream;
  }

  show(progress: Progress): void {
    if (this.#stream.isTTY) this.#draw(progress);
    else this.#printProgress(progress);
  }

  /** Prints a line that stays above the screen. */
  printLine(line: string): void {
    this.#stream.write(`${upBy(this.#drawn)}${this.#drawn ? ERASE_BELOW : ''}${line}\n`);
    this.#drawn = 0;
  }

  /** Erases the screen. Later output takes its place. */
  end(): void {
    if (this.#drawn > 0) this.#stream.write(`${upBy(this.#drawn)}${ERASE_BELOW}`);
    this.#drawn = 0;
  }

  #draw(progress: Progress): void {
    const width = this.#stream.columns ?? 80;
    const lines = progressLines(progress).map((line) => [...line].slice(0, width - 1).join(''));
    this.#stream.write(`${upBy(this.#drawn)}${ERASE_BELOW}${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }

  #printProgress(progress: Progress): void {
    if (progress.stage === this.#stage && progress.elapsedMs < this.#plainAtMs) return;
    this.#plainAtMs = progress.elapsedMs + PLAIN_EVERY_MS - 500;
    this.#stage = progress.stage;
    this.#stream.write(`${progressLine(progress)}\n`);
  }
}

const { duration, number } = format;

/** The formatted figures of a run's last interval, for both displays. */
const readingOf = ({ timeline: { latest, totals, open, overdue }, intervalSeconds }: Progress) => {
  const queues = Object.entries(latest?.queues ?? {});
  const labels = queueLabels(queues.map(([name]) => name));
  const at = (percentile: number): string =>
    latest?.latency ? duration(latest.latency.getValueAtPercentile(percentile) / 1_000) : 'none';
  const perSecond = (count = 0): string => `${number(Math.round(count / intervalSeconds))}/s`;
  return {
    open: number(open),
    sent: perSecond(latest?.sent),
    delivered: perSecond(latest?.deliveries),
    ...{ p50: `p50 ${at(50)}`, p95: `p95 ${at(95)}`, p99: `p99 ${at(99)}` },
    overdue: number(overdue),
    duplicates: number(totals.duplicates),
    queues: queues.map(([, { visible, inFlight, oldestAgeMs }], index) => ({
      ...{ label: labels[index], visible, inFlight, oldest: `oldest ${duration(oldestAgeMs)}` },
    })),
  };
};

/** The state of a run in one line, for output that is not a terminal. */
const progressLine = (progress: Progress): string => {
  const { stage, phase, elapsedMs } = progress;
  const { open, sent, delivered, p50, p95, p99, overdue, duplicates, queues } = readingOf(progress);
  return [
    stage === 'running' ? `${Math.round(elapsedMs / 1_000)} s ${phase.name}` : stage,
    `${open} connections`,
    `sent ${sent}`,
    `delivered ${delivered}`,
    `${p50} ${p95} ${p99}`,
    `overdue ${overdue}`,
    `duplicates ${duplicates}`,
    ...queues.map(({ label, visible, inFlight, oldest }) => `${label} ${visible + inFlight} ${oldest}`),
  ].join(' | ');
};

const STAGES = { connecting: 'Connecting', running: 'Running', settling: 'Waiting for late deliveries' } as const;
const SPARKS = 40;

/** The lines of the live screen. */
const progressLines = (progress: Progress): string[] => {
  const { stage, phase, elapsedMs, totalMs, timeline } = progress;
  const { open, sent, delivered, p50, p95, p99, overdue, duplicates, queues } = readingOf(progress);
  const { totals, intervals } = timeline;
  const seconds = `${number(Math.floor(Math.min(elapsedMs, totalMs) / 1_000))} of ${number(totalMs / 1_000)} s`;
  const history = (read: (interval: TimelineInterval) => number): string =>
    sparkline(intervals.slice(-SPARKS).map(read));
  const rows = [
    [
      'Connections',
      `${open} of ${number(phase.connections)}`,
      '',
      history((interval) => interval.open.reduce((sum, ofProcess) => sum + ofProcess, 0)),
    ],
    ['Sent', sent, `${number(totals.sent)} in all`, history((interval) => interval.sent)],
    ['Delivered', delivered, `${number(totals.deliveries)} in all`, history(({ deliveries }) => deliveries)],
    ['Latency', p50, `${p95}  ${p99}`, history(({ latency }) => latency?.getValueAtPercentile(99) ?? 0)],
    ['Overdue', overdue, `${duplicates} duplicates, ${number(totals.outOfOrder)} out of order`, ''],
    ...queues.map(({ label, visible, inFlight, oldest }) => [
      ...['Queue', `${number(visible)} + ${number(inFlight)} in flight`, `${oldest}  ${label}`, ''],
    ]),
    ...problemRows(totals.errorFrames, 'Error frames'),
    ...problemRows(totals.connectFailures, 'Handshakes failed'),
    ...problemRows(totals.closes, 'Closed by target, code'),
  ];
  return [
    `${STAGES[stage]}${stage === 'running' ? `: ${phase.name}, ${seconds}` : ''}`,
    ...textTable(rows).split('\n'),
  ];
};

const problemRows = (counts: Record<string, number>, name: string): string[][] =>
  Object.keys(counts).length ? [[name, format.counts(counts)]] : [];

const BARS = '▁▂▃▄▅▆▇█';

/** Draws numbers as a line of small bars. The largest number is a full bar. */
const sparkline = (values: readonly number[]): string => {
  const max = Math.max(...values, 0);
  return values.map((value) => BARS[max > 0 ? Math.round((value / max) * (BARS.length - 1)) : 0]).join('');
};
