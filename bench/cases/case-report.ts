import type { Figure } from '../judge-figure.ts';

/** What a case measured: a table of everything, and the figures that have a target. */
export interface CaseReport {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly figures: readonly Figure[];
}
