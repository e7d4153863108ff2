import { textTable } from '../text/text-table.ts';
import { compareReports, compareRow, differingSettings } from './compare-reports.ts';
import type { Report } from './report.ts';
import { endingLine, predictionRow, reportFacts, workloadLine } from './report-facts.ts';

/** Formats a report for the terminal, with a comparison if there is an older report. */
export const summaryTable = (report: Report, old?: Report): string => {
  const sections = [
    [`${report.target.url}: ${workloadLine(report)}`, endingLine(report)].filter(Boolean).join('\n'),
    textTable(reportFacts(report).map(({ name, text, bad }) => [bad ? '!' : ' ', name, text])),
  ];
  if (report.predictions.length > 0) {
    sections.push(
      textTable([['Planner', 'predicted', 'measured', 'difference'], ...report.predictions.map(predictionRow)]),
    );
  }
  if (old) {
    const differing = differingSettings(old, report);
    sections.push(textTable([['Compared', 'before', 'now', 'change'], ...compareReports(old, report).map(compareRow)]));
    if (differing.length > 0) sections.push(`! The runs differ in ${differing.join(', ')}.`);
  }
  return `${sections.join('\n\n')}\n`;
};
