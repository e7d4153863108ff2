const STEPS = [1, 2, 2.5, 5, 10];

/** Round values from 0 to at least `max`, at most six of them; whole numbers where `whole`. */
export const niceTicks = (max: number, whole = false): number[] => {
  const rough = Math.max(max, whole ? 1 : 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const found = (STEPS.find((step) => step * power >= rough) ?? 10) * power;
  const step = whole ? Math.max(1, Math.ceil(found)) : found;
  const last = Math.ceil(max / step - 1e-9);
  return Array.from({ length: Math.max(1, last) + 1 }, (_, index) => Number((index * step).toPrecision(12)));
};
