import type { Progress } from './generator/run-load.ts';
import type { TimelineInterval } from './generator/timeline.ts';
import { queueLabels } from './report/queue-labels.ts';
import { format } from './text/format.ts';
import { textTable } from './text/text-table.ts';

/** Where a display writes: `process.stderr`, as a rule. */
export interface DisplayStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** Plain lines come so often. */
const PLAIN_EVERY_MS = 5_000;
const ERASE_BELOW = '\u001b[0J';
const upBy = (lines: number): string => (lines > 0 ? `\u001b[${lines}F` : '');

/** Shows how a run goes: one screen that is drawn again in a terminal, a line every five seconds elsewhere. */
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
    else this.#print(progress);
  }

  /** A line that stays, above whatever is shown next. */
  say(line: string): void {
    this.#stream.write(`${upBy(this.#drawn)}${this.#drawn ? ERASE_BELOW : ''}${line}\n`);
    this.#drawn = 0;
  }

  /** Takes the screen away, so that what follows stands in its place. */
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

  #print(progress: Progress): void {
    if (progress.stage === this.#stage && progress.elapsedMs < this.#plainAtMs) return;
    this.#plainAtMs = progress.elapsedMs + PLAIN_EVERY_MS - 500;
    this.#stage = progress.stage;
    this.#stream.write(`${progressLine(progress)}\n`);
  }
}

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

const STAGES = { connecting: 'Connecting', running: 'Running', settling: 'Waiting for what is under way' } as const;
const SPARKS = 40;

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

const BARS = '▁▂▃▄▅▆▇█';

/** Numbers as a line of small bars, the highest of them full. */
export const sparkline = (values: readonly number[]): string => {
  const max = Math.max(...values, 0);
  return values.map((value) => BARS[max > 0 ? Math.round((value / max) * (BARS.length - 1)) : 0]).join('');
};
