/** The measurements of a case: a table, and the figures that have a target. */
export interface CaseReport {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly figures: readonly Figure[];
}

/** A measured figure and its target. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `times less`, `ms`, `MB`. */
  readonly unit: string;
  readonly target: number;
  readonly stretch: number;
  /** Whether a higher or a lower value is better. */
  readonly better: 'more' | 'less';
}

export type Verdict = 'missed' | 'reached' | 'stretch';

export const judgeFigure = ({ value, target, stretch, better }: Figure): Verdict => {
  const reaches = (bound: number): boolean => (better === 'more' ? value >= bound : value <= bound);
  if (reaches(stretch)) return 'stretch';
  return reaches(target) ? 'reached' : 'missed';
};

/** Formats the report in Markdown: the table of each case, then every figure with its target. */
export const formatReport = (reports: readonly CaseReport[]): string => {
  const cases = reports.map(({ title, columns, rows }) => `### ${title}\n\n${table(columns, rows)}`);
  const figures = reports.flatMap((report) => report.figures).map(toRow);
  if (figures.length === 0) return cases.join('\n\n');
  return [...cases, `### Targets\n\n${table(['figure', 'measured', 'target', 'stretch', ''], figures)}`].join('\n\n');
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
