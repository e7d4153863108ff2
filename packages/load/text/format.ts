const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12,345`; below 100 with two significant digits. */
const number = (value: number): string =>
  Number.isInteger(value) || Math.abs(value) >= 100 ? GROUPED.format(value) : String(Number(value.toPrecision(2)));

/** A time in a suitable unit: `12 µs`, `0.8 ms`, `250 ms`, `1.25 s`, `33 min`. */
const duration = (ms: number): string => {
  if (ms >= 600_000) return `${number(Math.round(ms / 60_000))} min`;
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms > 0 && ms < 0.1) return `${Number((ms * 1_000).toPrecision(3))} µs`;
  return ms >= 100 ? `${Math.round(ms)} ms` : `${Number(ms.toPrecision(3))} ms`;
};

const share = (value: number): string => `${Number((value * 100).toPrecision(3))} %`;

const bytes = (value: number): string =>
  value >= 1_024 ? `${Number((value / 1_024).toPrecision(3))} KB` : `${value} B`;

/** `3 × closed with 1006, 1 × HTTP 403`; empty without counts. */
const counts = (values: Record<string, number>): string =>
  Object.entries(values)
    .map(([key, times]) => `${number(times)} × ${key}`)
    .join(', ');

/** Formats figures for people. */
export const format = { number, duration, share, bytes, counts };
