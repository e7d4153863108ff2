import { describeProblem, type Problem } from './assembly/problem.ts';

/** The application cannot be run here. `problems` has every reason, not just the first. */
export class UnsupportedApplication extends Error {
  override readonly name = 'UnsupportedApplication';
  readonly problems: readonly Problem[];

  constructor(applicationName: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'one thing' : `${problems.length} things`;
    super([`${applicationName} cannot be run: ${count} to mend`, ...problems.map(describeProblem)].join('\n  - '));
    this.problems = problems;
  }
}
