/** Ours: longest wait for one post, in milliseconds. What has no answer by then is repeated, so it is far beyond what an answer takes. */
export const POST_TIMEOUT_MS = 4_000;
/** Ours: what a post may take longer than its timeout before the function stops waiting, in milliseconds. */
const POST_GRACE_MS = 500;
/** Ours: kept for deletes and for the queues, in milliseconds. */
const HAND_OVER_MS = 4_000;
/** Ours: kept for the answer itself, in milliseconds. */
const ANSWER_MS = 500;
/** Ours: the target is what is taken on; slow posts may take this many times as long. */
const OVERTIME = 2;

/** Our choice: with less time than this nothing can be posted and confirmed, in milliseconds. */
export const LEAST_MS = 500;

/** When an invocation stops doing what; all in epoch milliseconds, each not before the one above it. */
export interface TimePlan {
  /** No post begins, and what is left is handed over. */
  postUntil: number;
  /** Posts that have still not ended are given up. */
  awaitPostsUntil: number;
  /** No page is scanned, and the cursor is handed over. */
  scanUntil: number;
  /** Deletes and queues are not waited for. */
  answerBy: number;
}

/**
 * Divides what is left of the invocation. However little that is, some of it is for posts: a function that only hands over
 * would go on for ever.
 * @param endsAt Epoch milliseconds when Lambda ends the function.
 */
export const planTime = (now: number, endsAt: number, targetMs: number): TimePlan => {
  const leftMs = Math.max(0, endsAt - now);
  const keep = (ms: number, atLeast: number): number => now + Math.max(leftMs - ms, leftMs * atLeast);
  const awaitPostsMs = POST_TIMEOUT_MS + POST_GRACE_MS;
  const postUntil = Math.min(now + OVERTIME * targetMs, keep(awaitPostsMs + HAND_OVER_MS, 0.25));
  return {
    postUntil,
    awaitPostsUntil: Math.min(postUntil + awaitPostsMs, keep(HAND_OVER_MS, 0.5)),
    scanUntil: keep(HAND_OVER_MS, 0.5),
    answerBy: keep(ANSWER_MS, 0.9),
  };
};
