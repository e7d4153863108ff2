import type { StubSettings } from '../stub/stub-messages.ts';

/**
 * Our choice, because API Gateway's own latency is unknown: 20±10 ms for a post, 5 ms for the queue, without faults.
 */
export const ANSWER_SETTINGS: StubSettings = {
  connections: 1_000,
  latencyMs: 20,
  jitterMs: 10,
  staleShare: 0,
  throttledShare: 0,
  queueMs: 5,
};
