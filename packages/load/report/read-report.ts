import { readFile } from 'node:fs/promises';
import { UsageError } from '../../command-line/command.ts';
import { differingSettings } from './compare-reports.ts';
import { REPORT_VERSION, type Report } from './report.ts';
import { REPORT_METRICS } from './report-metrics.ts';

/**
 * Reads the `report.json` of an earlier run.
 * @throws {UsageError} if the file cannot be read or is not a complete report of this version.
 */
export const readReport = async (file: string): Promise<Report> => {
  const refuse = (why: string): never => {
    throw new UsageError(`--compare: expected a report.json of version ${REPORT_VERSION}, got ${file}: ${why}.`);
  };
  const report = await readFile(file, 'utf8')
    .then((text): Partial<Report> | null => JSON.parse(text))
    .catch((error: Error) => refuse(error.message));
  if (!Array.isArray(report?.intervals)) return refuse('it is not a report');
  if (report.version !== REPORT_VERSION) return refuse(`its version is ${report.version}`);
  if (!isComplete(report as Report)) return refuse('it is incomplete');
  return report as Report;
};

/** Reads every value of a comparison, so that a missing one is found before the run. */
const isComplete = (report: Report): boolean => {
  try {
    differingSettings(report, report);
    const figures = Object.values(REPORT_METRICS).map(({ read }) => read(report));
    const { startedAt, histogram } = report;
    return figures.every(Number.isFinite) && typeof startedAt === 'string' && Array.isArray(histogram.buckets);
  } catch {
    return false;
  }
};
