import type { Setback } from '../records/plan-hand-over.ts';

/** Ours: before the second post of a message to a connection at most this long, in milliseconds, then twice as long. */
const BASE_MS = 100;
/** Ours: posts of one message to one connection by one function, the first included. */
const MAX_POSTS = 4;
/** Ours: how long a connection may keep this function, in milliseconds. A post that hung has used it up. */
const BUDGET_MS = 2_000;

/**
 * How long to wait before a message is posted to a connection again, with full jitter; `undefined` where a later function
 * should do it. Nothing that this function repeats mends a 403.
 * @param posts How often it was posted, 1 or more.
 * @param elapsedMs Since the first of them.
 * @param random From 0 up to 1.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const retryDelayMs = (
  setback: Setback,
  posts: number,
  elapsedMs: number,
  random: number,
): number | undefined => {
  const delayMs = random * BASE_MS * 2 ** (posts - 1);
  const hopeless = setback === 'forbidden' || posts >= MAX_POSTS || elapsedMs + delayMs >= BUDGET_MS;
  return hopeless ? undefined : delayMs;
};
