import { format } from '../../text/format.ts';
import { axisOf, type Quantity, valueLabels } from './axis.ts';
import { escapeHtml } from './escape-html.ts';

export interface LineSeries {
  name: string;
  /** One value for each x. `null` is a gap in the line. */
  values: readonly (number | null)[];
  dashed?: boolean;
}

export interface LinePlotOptions {
  title: string;
  /** One sentence that explains the plot. */
  note: string;
  /** Seconds, starting at 0. */
  xs: readonly number[];
  series: readonly LineSeries[];
  /** Seconds of the vertical lines, such as the start of a phase. */
  marks?: readonly number[];
  /** The second at which sending ended. The time after it is shaded. */
  settlesAt?: number | undefined;
  quantity: Quantity;
  whole?: boolean;
}

const WIDTH = 1_000;
const HEIGHT = 300;
/** The stroke of a single value, wide enough to be visible. */
const SINGLE_VALUE_STROKE = 'h10';

/**
 * Makes a figure with lines over time. Without a value, the list is empty. The drawing stretches to any width. Its
 * labels are text of the page, so that they can be read, searched and copied at any size.
 */
export const linePlot = (options: LinePlotOptions): string[] => {
  const { title, note, xs, marks = [], settlesAt, quantity, whole = false } = options;
  const series = options.series.filter(({ values }) => values.some((value) => value !== null));
  if (series.length === 0) return [];
  const max = Math.max(...series.flatMap(({ values }) => values.filter((value) => value !== null)));
  const axis = axisOf(quantity, max, whole);
  const x = (second: number): number => (second / Math.max(1, xs.at(-1) ?? 0)) * WIDTH;
  const y = (value: number): number => HEIGHT - (value / axis.top) * HEIGHT;
  const grid = axis.ticks.map(({ value }) => `<line x1="0" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}"/>`).join('');
  const markLines = marks
    .map((second) => `<line class="mark" x1="${x(second)}" x2="${x(second)}" y1="0" y2="${HEIGHT}"/>`)
    .join('');
  const settling =
    settlesAt !== undefined && settlesAt < (xs.at(-1) ?? 0)
      ? `<rect class="settling" x="${x(settlesAt)}" width="${WIDTH - x(settlesAt)}" y="0" height="${HEIGHT}"/>`
      : '';
  const lines = series.map(
    ({ values, dashed }, index) =>
      `<path class="c${index + 1}${dashed ? ' dashed' : ''}" d="${pathOf(xs.map(x), values, y)}"/>`,
  );
  const data = {
    xs,
    series: series.map(({ name, values }) => ({
      name,
      values: values.map((v) => (v === null ? null : format[quantity](v))),
    })),
  };
  return [
    `<figure class="plot" data-plot="${escapeHtml(JSON.stringify(data))}">
<figcaption><h3>${escapeHtml(title)}</h3><p>${escapeHtml(note)}</p><ul class="legend">${series.map(({ name }, index) => `<li class="c${index + 1}">${escapeHtml(name)}</li>`).join('')}</ul></figcaption>
<div class="frame">${valueLabels(axis)}
<div class="drawing"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(title)}">${settling}<g class="grid">${grid}${markLines}</g>${lines.join('')}</svg><div class="cursor" hidden></div></div>
<div class="x">${timeLabels(xs)}</div></div>
<output aria-live="off"></output>
</figure>`,
  ];
};

const timeLabels = (xs: readonly number[]): string => {
  const lastMs = (xs.at(-1) ?? 0) * 1_000;
  return axisOf('duration', Math.max(1_000, lastMs), true)
    .ticks.filter(({ value }) => value <= lastMs)
    .map(({ value, label }) => `<span style="left:${((value / lastMs) * 100 || 0).toFixed(2)}%">${label}</span>`)
    .join('');
};

/** Connects neighbouring values with straight lines. A value without neighbours is a short stroke. */
const pathOf = (xs: readonly number[], values: readonly (number | null)[], y: (value: number) => number): string => {
  let path = '';
  let drawing = false;
  for (const [index, value] of values.entries()) {
    const x = (xs[index] ?? 0).toFixed(1);
    if (value === null) drawing = false;
    else {
      path += `${drawing ? 'L' : 'M'}${x} ${y(value).toFixed(1)}`;
      if (!drawing && (values[index + 1] ?? null) === null) path += SINGLE_VALUE_STROKE;
      drawing = true;
    }
  }
  return path;
};

export interface Bar {
  label: string;
  value: number;
  /** The value of the older run. */
  old?: number;
}

export interface BarPlotOptions {
  title: string;
  note: string;
  bars: readonly Bar[];
  quantity: Quantity;
}

/** Most labels under the bars. */
const MAX_LABELS = 4;

/** Makes a figure with a bar for each value, and a second bar for the value of an older run. */
export const barPlot = ({ title, note, bars, quantity }: BarPlotOptions): string => {
  const axis = axisOf(quantity, Math.max(0, ...bars.flatMap(({ value, old = 0 }) => [value, old])));
  const every = Math.ceil(bars.length / MAX_LABELS);
  const compared = bars.some(({ old }) => old !== undefined);
  const height = (value: number): string => `${((value / axis.top) * 100).toFixed(2)}%`;
  const barOf = ({ label, value, old }: Bar): string => {
    const tooltip = `${label}: ${format[quantity](value)}${old === undefined ? '' : `, before ${format[quantity](old)}`}`;
    const before = old === undefined ? '' : `<i class="c2" style="height:${height(old)}"></i>`;
    return `<span title="${escapeHtml(tooltip)}"><i class="c1" style="height:${height(value)}"></i>${before}</span>`;
  };
  const legend = compared ? '<ul class="legend"><li class="c1">this run</li><li class="c2">before</li></ul>' : '';
  return `<figure class="plot">
<figcaption><h3>${escapeHtml(title)}</h3><p>${escapeHtml(note)}</p>${legend}</figcaption>
<div class="frame">${valueLabels(axis)}
<div class="drawing bars">${bars.map(barOf).join('')}</div>
<div class="x">${bars.map(({ label }, index) => (index % every === 0 ? `<span style="left:${((index + 0.5) / bars.length) * 100}%">${escapeHtml(label)}</span>` : '')).join('')}</div></div>
</figure>`;
};
