import { escapeHtml } from './escape-html.ts';
import { niceTicks } from './nice-ticks.ts';

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
  /** Seconds. */
  xs: readonly number[];
  series: readonly LineSeries[];
  /** Seconds at which something else began: a line each. */
  marks?: readonly number[];
  format(value: number): string;
  whole?: boolean;
}

const WIDTH = 1_000;
const HEIGHT = 300;

/**
 * A figure with lines over time. The drawing stretches to any width while its labels are text of the page, so that they
 * can be read, searched and copied at any size.
 */
export const linePlot = ({ title, note, xs, series, marks = [], format, whole = false }: LinePlotOptions): string => {
  const max = Math.max(0, ...series.flatMap(({ values }) => values.filter((value) => value !== null)));
  const ticks = niceTicks(max, whole);
  const top = ticks.at(-1) ?? 1;
  const span = Math.max(1, (xs.at(-1) ?? 1) - (xs[0] ?? 0));
  const x = (second: number): number => ((second - (xs[0] ?? 0)) / span) * WIDTH;
  const y = (value: number): number => HEIGHT - (value / top) * HEIGHT;
  const grid = ticks.map((tick) => `<line x1="0" x2="${WIDTH}" y1="${y(tick)}" y2="${y(tick)}"/>`).join('');
  const begins = marks
    .map((second) => `<line class="mark" x1="${x(second)}" x2="${x(second)}" y1="0" y2="${HEIGHT}"/>`)
    .join('');
  const lines = series.map(
    ({ values, dashed }, index) =>
      `<path class="c${index + 1}${dashed ? ' dashed' : ''}" d="${pathOf(xs.map(x), values, y)}"/>`,
  );
  const data = {
    xs,
    series: series.map(({ name, values }) => ({ name, values: values.map((v) => (v === null ? null : format(v))) })),
  };
  return `<figure class="plot" data-plot="${escapeHtml(JSON.stringify(data))}">
<figcaption><h3>${escapeHtml(title)}</h3><p>${escapeHtml(note)}</p><ul class="legend">${series.map(({ name }, index) => `<li class="c${index + 1}">${escapeHtml(name)}</li>`).join('')}</ul></figcaption>
<div class="frame"><div class="y">${ticks.map((tick) => `<span style="bottom:${(tick / top) * 100}%">${escapeHtml(format(tick))}</span>`).join('')}</div>
<div class="drawing"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(title)}"><g class="grid">${grid}${begins}</g>${lines.join('')}</svg><div class="cursor" hidden></div></div>
<div class="x">${secondTicks(xs)
    .map((tick) => `<span style="left:${x(tick) / 10}%">${tick} s</span>`)
    .join('')}</div></div>
<output aria-live="off"></output>
</figure>`;
};

const secondTicks = (xs: readonly number[]): number[] => {
  const first = xs[0] ?? 0;
  const last = xs.at(-1) ?? 0;
  return niceTicks(Math.max(1, last - first), true)
    .map((tick) => tick + first)
    .filter((tick) => tick <= last || tick === first);
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
      if (!drawing) path += 'h0.1';
      drawing = true;
    }
  }
  return path;
};
