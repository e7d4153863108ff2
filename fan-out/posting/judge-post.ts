import type { PostOutcome } from '../../aws/posting/connection-poster.ts';
import { CONNECTING_SECONDS } from '../../schemas/quotas.ts';
import type { Setback } from '../records/plan-hand-over.ts';

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
