/**
 * Our choice: longest wait for one post, in milliseconds. A post without an answer by then is repeated, so the wait is
 * much longer than an answer takes.
 */
export const POST_TIMEOUT_MS = 4_000;
/** Our choice: how long the function waits for a post beyond its timeout, in milliseconds. */
const POST_GRACE_MS = 500;
/** Our choice: time reserved for deletes and for the queues, in milliseconds. */
const HAND_OVER_MS = 4_000;
/** Our choice: time reserved for the answer itself, in milliseconds. */
const ANSWER_MS = 500;
/**
 * Our choice: the target limits how many posts are admitted. If posts are slow, they may take this many times the
 * target.
 */
const OVERTIME = 2;

/** Our choice: with less time than this, a post cannot be made and confirmed. In milliseconds. */
export const LEAST_MS = 500;

/** When an invocation ends each kind of work. All in epoch milliseconds, in ascending order. */
export interface TimePlan {
  /** No post begins after this, and the rest is handed over. */
  postUntil: number;
  /** The function no longer waits for posts in flight. */
  awaitPostsUntil: number;
  /** No page is scanned after this, and the cursor is handed over. */
  scanUntil: number;
  /** The function no longer waits for deletes and queues. */
  answerBy: number;
}

/**
 * Divides the rest of the invocation. Some of it is always for posts: if every function only handed over, a broadcast
 * would never finish.
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
