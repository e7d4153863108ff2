import type { FanOutProfile } from './fan-out-profile.ts';

export interface BroadcastTimes {
  /** From sending to the first delivery, in milliseconds. */
  firstMs: number;
  /** From sending to the last; infinite where more is sent than can be posted. */
  lastMs: number;
  /** Share of what all functions can post that is asked for; 1 and more never catches up. */
  utilization: number;
  /** Functions that work on one broadcast. */
  functions: number;
}

/**
 * How long a broadcast takes to reach the first and the last of its connections.
 *
 * The first function posts while it scans, for `targetSeconds` at most; what is left goes to the other functions as
 * segments as soon as the scan has found it. Broadcasts that come at any time wait for each other the longer the more of
 * the capacity is used: the mean wait of a queue with random arrivals and fixed work (M/D/c, approximated). Broadcasts
 * at even intervals, as a load run sends them, do not wait while there is capacity left.
 */
export const timeToLastClient = (
  connections: number,
  rate: number,
  profile: FanOutProfile,
  arrivals: 'random' | 'even' = 'random',
): BroadcastTimes => {
  const { startMs, scanPageMs, pageRows, postsPerSecond, postMs, concurrency, targetSeconds } = profile;
  const utilization = (connections * rate) / (concurrency * postsPerSecond);
  const firstMs = startMs + scanPageMs + postMs;
  const postingMs = postingTimeMs(connections, profile);
  // Reading the next page goes on while a page is posted, so only what posting does not cover counts.
  const scanMs = Math.max(0, Math.ceil(connections / pageRows) * scanPageMs - postingMs);
  const waitMs = utilization < 1 ? waitingMs(postingMs, utilization, concurrency) : Number.POSITIVE_INFINITY;
  const functions = connections <= postsPerSecond * targetSeconds ? 1 : concurrency;
  return {
    firstMs,
    lastMs: firstMs + postingMs + scanMs + (arrivals === 'even' && utilization < 1 ? 0 : waitMs),
    utilization,
    functions,
  };
};

const waitingMs = (workMs: number, utilization: number, concurrency: number): number =>
  (workMs * utilization ** concurrency) / (2 * concurrency * (1 - utilization));

const postingTimeMs = (connections: number, { postsPerSecond, concurrency, targetSeconds }: FanOutProfile): number => {
  const own = Math.min(connections, postsPerSecond * targetSeconds);
  const others = Math.min(connections - own, (concurrency - 1) * postsPerSecond * (own / postsPerSecond));
  const rest = connections - own - others;
  return (own / postsPerSecond + rest / (concurrency * postsPerSecond)) * 1_000;
};
