import type { FanOutProfile } from './fan-out-profile.ts';

export interface BroadcastTimes {
  /** Time from the send to the first delivery, in milliseconds. */
  firstMs: number;
  /** Time from the send to the last delivery, in milliseconds. Infinite if the rate exceeds the capacity. */
  lastMs: number;
  /** Posts a second as a share of the capacity of all functions. At 1 or more the queue grows without end. */
  utilization: number;
  /** Functions that work on one broadcast. */
  functions: number;
}

/**
 * Computes how long a broadcast takes to reach the first and the last of its connections.
 *
 * The first function scans and posts, for `targetSeconds` at most. It hands the rest over to the other functions as
 * segments. At random arrivals, broadcasts wait for each other, and the wait grows with the utilization: it is the mean
 * wait of an M/D/c queue, approximated. At even intervals, as in a load run, they do not wait below a utilization of 1.
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
  // The next page is read while a page is posted. Only the time that exceeds the posting adds to the total.
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
