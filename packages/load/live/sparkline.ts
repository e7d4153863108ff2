const BARS = '▁▂▃▄▅▆▇█';

/** Numbers as a line of small bars, the highest of them full. */
export const sparkline = (values: readonly number[]): string => {
  const max = Math.max(...values, 0);
  return values.map((value) => BARS[max > 0 ? Math.round((value / max) * (BARS.length - 1)) : 0]).join('');
};
