import type { StubSettings } from '../stub/stub-messages.ts';

/** 20±10 ms a post, and 5 ms for the queue; nobody knows what API Gateway's own latency is. Without faults. */
export const ANSWER_SETTINGS: StubSettings = {
  connections: 1_000,
  latencyMs: 20,
  jitterMs: 10,
  staleShare: 0,
  throttledShare: 0,
  queueMs: 5,
};
