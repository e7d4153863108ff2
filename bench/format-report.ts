import type { CaseReport } from './cases/case-report.ts';
import { type Figure, judgeFigure } from './judge-figure.ts';

/** The report in Markdown: what each case measured, then every figure beside its target. */
export const formatReport = (reports: readonly CaseReport[]): string => {
  const cases = reports.map(({ title, columns, rows }) => `### ${title}\n\n${table(columns, rows)}`);
  const figures = reports.flatMap((report) => report.figures).map(toRow);
  return [
    ...cases,
    `### What it must reach\n\n${table(['figure', 'measured', 'at least', 'stretch', ''], figures)}`,
  ].join('\n\n');
};

const toRow = (figure: Figure): string[] => {
  const { name, value, unit, target, stretch, better } = figure;
  const sign = better === 'more' ? '≥' : '≤';
  return [
    name,
    `**${value.toFixed(value < 100 ? 2 : 0)}** ${unit}`,
    `${sign} ${target}`,
    `${sign} ${stretch}`,
    judgeFigure(figure),
  ];
};

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = columns.map((column, index) => Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, index) => (cells[index] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
};
