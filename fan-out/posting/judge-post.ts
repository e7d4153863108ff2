import type { PostOutcome, PostResult } from '../../aws/posting/connection-poster.ts';
import { CONNECTING_SECONDS } from '../../schemas/quotas.ts';
import type { FailureReason } from '../records/hand-over.ts';

/** The meaning of a post for its connection: delivered, stale, or the reason why the post failed. */
export type Verdict = 'delivered' | 'stale' | FailureReason;

/**
 * Distinguishes a stale connection from one that is still connecting: API Gateway answers 410 for both.
 * @param connectedAt Epoch seconds.
 * @param postedAt Epoch milliseconds when the post began: the handshake may have ended before the answer came.
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

/** Our choice: longest wait before the second post of a message, in milliseconds. It doubles with each post. */
const BASE_MS = 100;
/** Our choice: most posts of one message to one connection by one function, including the first. */
const MAX_POSTS = 4;
/** Our choice: how long a function retries one message, in milliseconds. A post that hangs uses it up. */
const BUDGET_MS = 2_000;

/**
 * Returns how long to wait before a message is posted to a connection again, with full jitter. Returns `undefined` if
 * another function should retry. A 403 is not retried, because this function would get it again.
 * @param posts How often the message was posted, 1 or more.
 * @param elapsedMs Milliseconds since the first post.
 * @param random From 0 up to, not including, 1.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const retryDelayMs = (
  reason: FailureReason,
  posts: number,
  elapsedMs: number,
  random: number,
): number | undefined => {
  const delayMs = random * BASE_MS * 2 ** (posts - 1);
  const givesUp = reason === 'forbidden' || posts >= MAX_POSTS || elapsedMs + delayMs >= BUDGET_MS;
  return givesUp ? undefined : delayMs;
};

/** Our choice: after this many 403 in a row, the problem is the function, not a connection. */
const MAX_REFUSALS_IN_A_ROW = 32;

/** Detects that API Gateway refuses the function: it may not post, or its key is invalid. */
export class Refusals {
  /** The detail of the first 403; `undefined` if there was no 403. */
  detail: string | undefined;
  #inARow = 0;

  /** Counts a result. @returns whether posting should stop. */
  record({ outcome, detail = '' }: PostResult): boolean {
    if (outcome !== 'forbidden') {
      this.#inARow = 0;
      return false;
    }
    this.detail ??= detail;
    this.#inARow++;
    return this.#inARow === MAX_REFUSALS_IN_A_ROW;
  }
}
