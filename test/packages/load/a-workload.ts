import type { Phase, Workload } from '../../../packages/load/workload/workload.ts';

export const aPhase = (phase: Partial<Phase> = {}): Phase => ({
  name: 'steady',
  durationMs: 1_000,
  rateFrom: 20,
  rateTo: 20,
  burst: 0,
  connections: 20,
  churnPerSecond: 0,
  ...phase,
});

export const aWorkload = (workload: Partial<Workload> = {}): Workload => ({
  phases: [aPhase()],
  connectionsPerSecond: 450,
  sizeBytes: 64,
  slowShare: 0,
  settleMs: 300,
  ...workload,
});
