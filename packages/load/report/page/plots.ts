import { format } from '../../text/format.ts';
import { axisOf, type Quantity, valueLabels } from './axis.ts';
import { escapeHtml } from './escape-html.ts';

export interface LineSeries {
  name: string;
  /** A value for each x; `null` leaves a gap. */
  values: readonly (number | null)[];
  dashed?: boolean;
}

export interface LinePlotOptions {
  title: string;
  /** One sentence on how to read it. */
  note: string;
  /** Seconds, from 0 on. */
  xs: readonly number[];
  series: readonly LineSeries[];
  /** Seconds at which something else began: a line each. */
  marks?: readonly number[];
  /** The second at which sending ended: what comes after is shaded. */
  settlesAt?: number | undefined;
  of: Quantity;
  whole?: boolean;
}

const WIDTH = 1_000;
const HEIGHT = 300;
/** Wide enough to be seen. */
const LONELY_STROKE = 'h10';

/**
 * A figure with lines over time, or none without a value. The drawing stretches to any width while its labels are text of
 * the page, so that they can be read, searched and copied at any size.
 */
export const linePlot = (options: LinePlotOptions): string[] => {
  const { title, note, xs, marks = [], settlesAt, of, whole = false } = options;
  const series = options.series.filter(({ values }) => values.some((value) => value !== null));
  if (series.length === 0) return [];
  const max = Math.max(...series.flatMap(({ values }) => values.filter((value) => value !== null)));
  const axis = axisOf(of, max, whole);
  const x = (second: number): number => (second / Math.max(1, xs.at(-1) ?? 0)) * WIDTH;
  const y = (value: number): number => HEIGHT - (value / axis.top) * HEIGHT;
  const grid = axis.ticks.map(({ value }) => `<line x1="0" x2="${WIDTH}" y1="${y(value)}" y2="${y(value)}"/>`).join('');
  const begins = marks
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
      values: values.map((v) => (v === null ? null : format[of](v))),
    })),
  };
  return [
    `<figure class="plot" data-plot="${escapeHtml(JSON.stringify(data))}">
<figcaption><h3>${escapeHtml(title)}</h3><p>${escapeHtml(note)}</p><ul class="legend">${series.map(({ name }, index) => `<li class="c${index + 1}">${escapeHtml(name)}</li>`).join('')}</ul></figcaption>
<div class="frame">${valueLabels(axis)}
<div class="drawing"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(title)}">${settling}<g class="grid">${grid}${begins}</g>${lines.join('')}</svg><div class="cursor" hidden></div></div>
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

/** Straight lines between neighbours; a lonely value is a short stroke. */
const pathOf = (xs: readonly number[], values: readonly (number | null)[], y: (value: number) => number): string => {
  let path = '';
  let drawing = false;
  for (const [index, value] of values.entries()) {
    const x = (xs[index] ?? 0).toFixed(1);
    if (value === null) drawing = false;
    else {
      path += `${drawing ? 'L' : 'M'}${x} ${y(value).toFixed(1)}`;
      if (!drawing && (values[index + 1] ?? null) === null) path += LONELY_STROKE;
      drawing = true;
    }
  }
  return path;
};

export interface Bar {
  label: string;
  value: number;
  /** The same bar of the run it is compared with. */
  old?: number;
}

export interface BarPlotOptions {
  title: string;
  note: string;
  bars: readonly Bar[];
  of: Quantity;
}

/** At most so many labels under the bars. */
const MAX_LABELS = 4;

/** A figure with a bar for each value, beside it that of an older run where there is one. */
export const barPlot = ({ title, note, bars, of }: BarPlotOptions): string => {
  const axis = axisOf(of, Math.max(0, ...bars.flatMap(({ value, old = 0 }) => [value, old])));
  const every = Math.ceil(bars.length / MAX_LABELS);
  const compared = bars.some(({ old }) => old !== undefined);
  const height = (value: number): string => `${((value / axis.top) * 100).toFixed(2)}%`;
  const barOf = ({ label, value, old }: Bar): string => {
    const says = `${label}: ${format[of](value)}${old === undefined ? '' : `, before ${format[of](old)}`}`;
    const before = old === undefined ? '' : `<i class="c2" style="height:${height(old)}"></i>`;
    return `<span title="${escapeHtml(says)}"><i class="c1" style="height:${height(value)}"></i>${before}</span>`;
  };
  const legend = compared ? '<ul class="legend"><li class="c1">this run</li><li class="c2">before</li></ul>' : '';
  return `<figure class="plot">
<figcaption><h3>${escapeHtml(title)}</h3><p>${escapeHtml(note)}</p>${legend}</figcaption>
<div class="frame">${valueLabels(axis)}
<div class="drawing bars">${bars.map(barOf).join('')}</div>
<div class="x">${bars.map(({ label }, index) => (index % every === 0 ? `<span style="left:${((index + 0.5) / bars.length) * 100}%">${escapeHtml(label)}</span>` : '')).join('')}</div></div>
</figure>`;
};
