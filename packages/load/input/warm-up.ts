import type { Phase } from '../workload/phase.ts';
import type { Workload } from '../workload/workload.ts';

const DURATION_MS = 6_000;
const SETTLE_MS = 1_000;
/** Few enough that a message is through before the next is sent. */
const POSTS_PER_SECOND = 2_000;
const [LEAST_PER_SECOND, MOST_PER_SECOND] = [0.5, 10];

/**
 * What a local run is given before a workload: as many connections and as large messages, one message at a time. Its
 * functions have started then, and how fast they are is known.
 */
export const warmUp = (workload: Workload): Workload => {
  const [{ connections }] = workload.phases as readonly [Phase];
  const rate = Math.min(MOST_PER_SECOND, Math.max(LEAST_PER_SECOND, POSTS_PER_SECOND / connections));
  const phase = { name: 'warm-up', durationMs: DURATION_MS, rateFrom: rate, rateTo: rate, burst: 0 };
  return {
    ...workload,
    phases: [{ ...phase, connections, churnPerSecond: 0 }],
    slowShare: 0,
    settleMs: SETTLE_MS,
  };
};
