import { format } from '../../text/format.ts';
import { axisOf, type Quantity } from './axis.ts';
import { escapeHtml } from './escape-html.ts';
import { valueLabels } from './value-labels.ts';

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
