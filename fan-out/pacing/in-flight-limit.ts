/** Ours: so that a quiet start or a fast gateway does not hold a broadcast up. */
export const MIN_IN_FLIGHT = 64;
/** A Lambda has 1,024 file descriptors. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_IN_FLIGHT = 800;
/** Ours: latencies vary, and the mean alone would leave the rate unused. */
const HEADROOM = 1.5;

/** How many posts at once reach the rate (Little's law): rate × latency with some headroom, from 64 to 800. */
export const inFlightLimit = (postsPerSecond: number, latencyMs: number): number =>
  Math.min(MAX_IN_FLIGHT, Math.max(MIN_IN_FLIGHT, Math.ceil((postsPerSecond * latencyMs * HEADROOM) / 1_000)));
