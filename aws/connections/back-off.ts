import { setTimeout } from 'node:timers/promises';

const BASE_MS = 25;
const MAX_MS = 800;

/**
 * Waits before an attempt is repeated: full jitter, from 0 to 50 ms before the first repetition, doubling to 800 ms.
 * @param attempt 1 before the first repetition.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backOff = (attempt: number): Promise<void> =>
  setTimeout(Math.random() * Math.min(MAX_MS, BASE_MS * 2 ** attempt));
