import type { Report } from '../report-schema.ts';

/** When each phase of a run starts, in seconds after the first. */
export const phaseStarts = (phases: Report['workload']['phases']): number[] => {
  let second = 0;
  return phases.map(({ durationMs }) => {
    const start = second;
    second += durationMs / 1_000;
    return start;
  });
};
