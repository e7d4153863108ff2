import type { UsageReport } from '../iam/report-usage.ts';

/** The end of a run with `--iam-report`. */
export const describeUsage = ({ unused, notObserved }: UsageReport): readonly string[] => [
  ...(unused.length === 0
    ? ['Every grant was used.']
    : [
        'Grants that were never used in this run:',
        ...unused.map((grant) => `  ${grant.statementId}: ${grant.unused} ${grant.pattern}`),
      ]),
  ...(notObserved.length === 0 ? [] : [`Not observed here, so nothing is said of: ${notObserved.join(', ')}`]),
];
