/** From this number on, a time cannot be meant in the unit: as seconds it is the year 5138, as milliseconds 1973. */
const FIRST_OF_NEXT_UNIT = 1e11;

/**
 * Reads an epoch time that somebody else wrote as seconds: milliseconds, microseconds and nanoseconds are recognized by
 * their size.
 * @returns Whole seconds, below 100,000,000,000. `NaN` if the number is not finite.
 */
export const toEpochSeconds = (time: number): number => {
  let seconds = time;
  while (seconds >= FIRST_OF_NEXT_UNIT && seconds < Number.POSITIVE_INFINITY) seconds /= 1_000;
  return Number.isFinite(seconds) ? Math.floor(seconds) : Number.NaN;
};

/**
 * Reads an epoch time that somebody else wrote as milliseconds: seconds, microseconds and nanoseconds are recognized by
 * their size.
 * @returns Whole milliseconds. `NaN` if the number is not finite.
 */
export const toEpochMs = (time: number): number => {
  if (!Number.isFinite(time)) return Number.NaN;
  let ms = time;
  while (ms >= FIRST_OF_NEXT_UNIT * 1_000) ms /= 1_000;
  return Math.floor(ms < FIRST_OF_NEXT_UNIT ? ms * 1_000 : ms);
};
