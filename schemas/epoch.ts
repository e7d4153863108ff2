/** From this number on, a time cannot be meant in the unit: as seconds it is the year 5138, as milliseconds 1973. */
const FIRST_OF_NEXT_UNIT = 1e11;

/**
 * Reads an epoch time that somebody else wrote as seconds: milliseconds, microseconds and nanoseconds are recognized by
 * their size.
 * @returns Whole seconds, below 100,000,000,000. `NaN` if the number is not finite.
 */
export const toEpochSeconds = (time: number): number => Math.floor(below(FIRST_OF_NEXT_UNIT, time));

/**
 * Reads an epoch time that somebody else wrote as milliseconds: seconds, microseconds and nanoseconds are recognized by
 * their size.
 * @returns Whole milliseconds. `NaN` if the number is not finite.
 */
export const toEpochMs = (time: number): number => {
  const ms = below(FIRST_OF_NEXT_UNIT * 1_000, time);
  return Math.floor(ms < FIRST_OF_NEXT_UNIT ? ms * 1_000 : ms);
};

/** The time in the first larger unit in which it is below the limit. */
const below = (limit: number, time: number): number => {
  if (!Number.isFinite(time)) return Number.NaN;
  return time < limit ? time : below(limit, time / 1_000);
};
