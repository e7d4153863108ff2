import { readFile } from 'node:fs/promises';
import { InputError } from '../workload/input-error.ts';
import { REPORT_VERSION, type Report } from './report-schema.ts';

/**
 * Reads a `report.json` of an earlier run.
 * @throws {InputError} when there is none, or it is not a report of this version.
 */
export const readReport = async (file: string): Promise<Report> => {
  const expected = `expected a report.json of version ${REPORT_VERSION}`;
  let report: unknown;
  try {
    report = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new InputError(`--compare: ${expected}, got ${file}: ${(error as Error).message}.`);
  }
  // Compiling the schema takes a third of a second, which only a comparison needs.
  const { report: isReport } = await import('./report.validator.ts');
  if (isReport(report)) return report;
  const first = isReport.errors?.[0];
  throw new InputError(
    `--compare: ${expected}, got ${file}: ${first?.instancePath || 'it'} ${first?.message ?? 'is not one'}.`,
  );
};
