import { format } from '../text/format.ts';
import type { Report } from './report-schema.ts';

/** What was done, in one line: `1,000 connections, 5/s of 200 B for 30 s`. */
export const workloadLine = ({ workload, connections }: Report): string => {
  const { phases, sizeBytes, slowShare, processes } = workload;
  const { number, duration, bytes, share } = format;
  const rates = phases.flatMap(({ rateFrom, rateTo }) => [rateFrom, rateTo]);
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const rate = low === high ? `${number(low)}/s` : `${number(low)} to ${number(high)}/s`;
  const churn = Math.max(...phases.map(({ churnPerSecond }) => churnPerSecond));
  return [
    `${number(connections.wanted)} connections`,
    `${rate} of ${bytes(sizeBytes)} for ${duration(phases.reduce((sum, { durationMs }) => sum + durationMs, 0))}`,
    ...(phases.length > 1 ? [`${phases.length} phases`] : []),
    ...(churn > 0 ? [`churn up to ${share(churn)}/s`] : []),
    ...(slowShare > 0 ? [`${share(slowShare)} slow`] : []),
    ...(processes > 1 ? [`${processes} generator processes`] : []),
  ].join(', ');
};
