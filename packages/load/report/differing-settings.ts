import { isDeepStrictEqual } from 'node:util';
import type { Report } from './report-schema.ts';

/** What two runs did differently, so that nobody takes the change of a setting for a change of the target. */
export const differingSettings = (old: Report, current: Report): string[] => {
  const of = ({ workload, target, machine }: Report): Record<string, unknown> => ({
    ...workload,
    url: target.url,
    cpu: machine.cpu,
    cpus: machine.cpus,
  });
  const [before, now] = [of(old), of(current)];
  return Object.keys(now).filter(
    (name) =>
      !(name === 'url' && old.target.local && current.target.local) && !isDeepStrictEqual(before[name], now[name]),
  );
};
