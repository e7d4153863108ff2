import type { Axis } from './axis.ts';
import { escapeHtml } from './escape-html.ts';

/** The labels beside a drawing, from its bottom to its top. */
export const valueLabels = ({ top, ticks }: Axis): string => {
  const labels = ticks.map(
    ({ value, label }) => `<span style="bottom:${((value / top) * 100).toFixed(2)}%">${escapeHtml(label)}</span>`,
  );
  return `<div class="y">${labels.join('')}</div>`;
};
