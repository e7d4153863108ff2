import type { PostOutcome, PostResult } from '../../aws/posting/connection-poster.ts';
import { CONNECTING_SECONDS } from '../../schemas/quotas.ts';
import type { Setback } from '../records/hand-over.ts';

/** What a post means for its connection: done, never to be done, or the reason why it is to be tried again. */
export type Verdict = 'delivered' | 'stale' | Setback;

/**
 * Tells a stale connection from one whose handshake has not finished: API Gateway answers 410 for both.
 * @param connectedAt Epoch seconds.
 * @param postedAt Epoch milliseconds when the post began: the answer may be older than it looks.
 * @see https://repost.aws/knowledge-center/410-gone-api-gateway
 */
export const judgePost = (outcome: PostOutcome, connectedAt: number, postedAt: number): Verdict => {
  switch (outcome) {
    case 'gone':
      return postedAt < (connectedAt + CONNECTING_SECONDS) * 1_000 ? 'connecting' : 'stale';
    case 'throttled':
      return 'slow';
    case 'unknown':
      return 'failed';
    default:
      return outcome;
  }
};

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

/** Our choice: so many 403 in a row are about the function, not about the connections. */
const MAX_REFUSALS_IN_A_ROW = 32;

/** Watches for a function that API Gateway refuses: one that may not post, or signs with a key that is not valid. */
export class Refusals {
  /** What API Gateway answered the first 403 with, if it did. */
  detail: string | undefined;
  #inARow = 0;

  /** @returns whether nothing more should be posted. */
  note({ outcome, detail = '' }: PostResult): boolean {
    if (outcome !== 'forbidden') {
      this.#inARow = 0;
      return false;
    }
    this.detail ??= detail;
    this.#inARow++;
    return this.#inARow === MAX_REFUSALS_IN_A_ROW;
  }
}
