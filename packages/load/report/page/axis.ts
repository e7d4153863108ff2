import { escapeHtml } from './escape-html.ts';

/** The kind of value on an axis: a count, milliseconds, or a fraction (1 is 100 %). */
export type Quantity = 'number' | 'duration' | 'share';

export interface Axis {
  /** The largest value. */
  top: number;
  ticks: { value: number; label: string }[];
}

interface Unit {
  name: string;
  size: number;
  /** The unit is used if the maximum is at least this value. */
  from: number;
}

/** The largest unit first. */
const UNITS: Record<Quantity, readonly Unit[]> = {
  number: [
    { name: ' M', size: 1e6, from: 1e6 },
    { name: '', size: 1, from: 0 },
  ],
  duration: [
    { name: ' h', size: 3_600_000, from: 10_800_000 },
    { name: ' min', size: 60_000, from: 600_000 },
    { name: ' s', size: 1_000, from: 1_000 },
    { name: ' ms', size: 1, from: 0 },
  ],
  share: [{ name: ' %', size: 0.01, from: 0 }],
};
const STEPS = [1, 2, 2.5, 5, 10];
const INTERVALS = 4;

/** Makes an axis from 0 to at least `max` with at most five round ticks. `whole` allows whole numbers only. */
export const axisOf = (quantity: Quantity, max: number, whole = false): Axis => {
  const { name, size } = UNITS[quantity].find(({ from }) => max >= from) as Unit;
  // The axis has at least one unit, also for a maximum of 0 or below a millisecond or a percent.
  const most = Math.max(max / size, 1);
  const step = stepOf(most / INTERVALS, whole);
  const decimals = [0, 1].find((digits) => Number.isInteger(step * 10 ** digits)) ?? 2;
  const number = new Intl.NumberFormat('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const count = Math.ceil(most / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => ({
    value: index * step * size,
    label: index === 0 ? '0' : `${number.format(index * step)}${name}`,
  }));
  return { top: count * step * size, ticks };
};

const stepOf = (least: number, whole: boolean): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  const steps = STEPS.map((factor) => factor * power);
  return steps.find((step) => step >= least - 1e-9 && (!whole || Number.isInteger(step))) as number;
};

/** The labels of a vertical axis, from bottom to top. */
export const valueLabels = ({ top, ticks }: Axis): string => {
  const labels = ticks.map(
    ({ value, label }) => `<span style="bottom:${((value / top) * 100).toFixed(2)}%">${escapeHtml(label)}</span>`,
  );
  return `<div class="y">${labels.join('')}</div>`;
};
