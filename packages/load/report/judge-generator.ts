import type { Report, ReportInterval } from './report.ts';

/** A process above this share of a core measures its own waiting. */
const BUSY_CPU = 0.85;
const LATE_LOOP_MS = 50;
const BEHIND_MS = 100;
const BUSY_MACHINE = 0.95;
/** In how many of the intervals it must be so: a single stumble limits nothing. */
const SHARE_OF_INTERVALS = 0.1;

interface Sign {
  worst(interval: ReportInterval): number;
  limit: number;
  says(worst: string, share: string): string;
  shown(value: number): string;
}

const percent = (value: number): string => `${Math.round(value * 100)} %`;
const ms = (value: number): string => `${Math.round(value)} ms`;

const SIGNS: readonly Sign[] = [
  {
    worst: ({ generator }) => generator.cpu,
    limit: BUSY_CPU,
    shown: percent,
    says: (worst, share) =>
      `a generator process used up to ${worst} of a core (${share}): add --processes or another machine`,
  },
  {
    worst: ({ generator }) => generator.eventLoopDelayMs,
    limit: LATE_LOOP_MS,
    shown: ms,
    says: (worst, share) =>
      `the generator's event loop was up to ${worst} late (${share}): latencies are too high by as much`,
  },
  {
    worst: ({ generator }) => generator.behindMs,
    limit: BEHIND_MS,
    shown: ms,
    says: (worst, share) =>
      `messages were sent up to ${worst} behind schedule (${share}): the rate was not what was asked for`,
  },
];

const MACHINE: Sign = {
  worst: ({ generator }) => generator.machineCpu,
  limit: BUSY_MACHINE,
  shown: percent,
  says: (worst, share) =>
    `all cores of this machine were up to ${worst} busy (${share}): whatever runs on it waits for the others`,
};

/** Whether the generator limits what was measured rather than the target, and how one can tell. */
export const judgeGenerator = (
  intervals: readonly ReportInterval[],
): Pick<Report['generator'], 'limited' | 'findings'> => {
  const own = SIGNS.flatMap((sign) => findingOf(sign, intervals));
  return { limited: own.length > 0, findings: [...own, ...findingOf(MACHINE, intervals)] };
};

const findingOf = ({ worst, limit, says, shown }: Sign, intervals: readonly ReportInterval[]): string[] => {
  const above = intervals.map(worst).filter((value) => value > limit);
  if (above.length === 0 || above.length < intervals.length * SHARE_OF_INTERVALS) return [];
  return [says(shown(Math.max(...above)), `in ${above.length} of ${intervals.length} intervals`)];
};
