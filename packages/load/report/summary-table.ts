import { textTable } from '../text/text-table.ts';
import { compareReports } from './compare-reports.ts';
import { compareRow } from './compare-row.ts';
import { differingSettings } from './differing-settings.ts';
import { endingLine } from './ending-line.ts';
import { predictionRow } from './prediction-row.ts';
import { reportFacts } from './report-facts.ts';
import type { Report } from './report-schema.ts';
import { workloadLine } from './workload-line.ts';

/** What a run found out, for the terminal; beside an older run where one is given. */
export const summaryTable = (report: Report, old?: Report): string => {
  const sections = [
    [`${report.target.url}: ${workloadLine(report)}`, endingLine(report)].filter(Boolean).join('\n'),
    textTable(reportFacts(report).map(({ name, text, bad }) => [bad ? '!' : ' ', name, text])),
  ];
  if (report.predictions.length > 0) {
    sections.push(
      textTable([['Planner', 'predicted', 'measured', 'off by'], ...report.predictions.map(predictionRow)]),
    );
  }
  if (old) {
    const differing = differingSettings(old, report);
    sections.push(textTable([['Compared', 'before', 'now', 'change'], ...compareReports(old, report).map(compareRow)]));
    if (differing.length > 0) sections.push(`! The runs differ in ${differing.join(', ')}.`);
  }
  return `${sections.join('\n\n')}\n`;
};
