import type { Stage } from '../model/application.ts';
import type { Clock } from '../runtime/clock.ts';

/** Counts one request to a stage. `false` if the throttle of the stage refuses it. */
export type Admit = (stageName: string) => boolean;

/**
 * Throttles stages by token buckets: `rateLimit` requests a second, with bursts of `burstLimit`. A stage without a
 * throttle admits every request.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export const stageThrottle = (stages: readonly Stage[], clock: Clock): Admit => {
  const buckets = new Map(
    stages.map(({ name, throttle }) => [
      name,
      throttle && { ...throttle, tokens: throttle.burstLimit, at: clock.now() },
    ]),
  );
  return (stageName) => {
    const bucket = buckets.get(stageName);
    if (!bucket) return true;
    const now = clock.now();
    const refill = (Math.max(0, now - bucket.at) / 1_000) * bucket.rateLimit;
    bucket.tokens = Math.min(bucket.burstLimit, bucket.tokens + refill);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
};
