import type { Report, ReportInterval } from './report.ts';

/** Above this share of a core, a process measures its own delays. */
const BUSY_CPU = 0.85;
const LATE_LOOP_MS = 50;
const BEHIND_MS = 100;
const BUSY_MACHINE = 0.95;
/** A limit must be exceeded in this share of the intervals. A single slow moment does not count. */
const SHARE_OF_INTERVALS = 0.1;

interface Check {
  read(interval: ReportInterval): number;
  limit: number;
  describe(worst: string, share: string): string;
  format(value: number): string;
}

const percent = (value: number): string => `${Math.round(value * 100)} %`;
const ms = (value: number): string => `${Math.round(value)} ms`;

const CHECKS: readonly Check[] = [
  {
    read: ({ generator }) => generator.cpu,
    limit: BUSY_CPU,
    format: percent,
    describe: (worst, share) =>
      `a generator process used up to ${worst} of a core (${share}): use more --processes or another machine`,
  },
  {
    read: ({ generator }) => generator.eventLoopDelayMs,
    limit: LATE_LOOP_MS,
    format: ms,
    describe: (worst, share) =>
      `the generator's event loop was up to ${worst} late (${share}): measured latencies are too high by up to this time`,
  },
  {
    read: ({ generator }) => generator.behindMs,
    limit: BEHIND_MS,
    format: ms,
    describe: (worst, share) =>
      `messages were sent up to ${worst} behind schedule (${share}): the rate was lower than requested`,
  },
];

const MACHINE: Check = {
  read: ({ generator }) => generator.machineCpu,
  limit: BUSY_MACHINE,
  format: percent,
  describe: (worst, share) =>
    `all cores of this machine were up to ${worst} busy (${share}): its processes wait for each other`,
};

/** Decides whether the generator, not the target, limits the measured figures. The findings are the reasons. */
export const judgeGenerator = (
  intervals: readonly ReportInterval[],
): Pick<Report['generator'], 'limited' | 'findings'> => {
  const own = CHECKS.flatMap((check) => findingOf(check, intervals));
  return { limited: own.length > 0, findings: [...own, ...findingOf(MACHINE, intervals)] };
};

const findingOf = ({ read, limit, describe, format }: Check, intervals: readonly ReportInterval[]): string[] => {
  const above = intervals.map(read).filter((value) => value > limit);
  if (above.length === 0 || above.length < intervals.length * SHARE_OF_INTERVALS) return [];
  return [describe(format(Math.max(...above)), `in ${above.length} of ${intervals.length} intervals`)];
};
