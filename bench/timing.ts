/**
 * Returns the median, and for an even count the higher of the two middle numbers. @throws {Error} if the list is empty.
 */
export const median = (numbers: readonly number[]): number => {
  const middle = numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
  if (middle === undefined) throw new Error('Expected at least one number');
  return middle;
};

/** Measures how long work takes, in milliseconds. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};
