/** How often each key was seen. */
export type Counts = Record<string, number>;

/** Adds `times` to the count of `key`. */
export const countBy = (counts: Counts, key: string, times = 1): void => {
  counts[key] = (counts[key] ?? 0) + times;
};
