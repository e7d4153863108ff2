/** Something in a template that stops it from being run, or that the run does not imitate. */
export interface Problem {
  /** Logical id of the resource, or the name of what else it is about. */
  logicalId: string;
  /** `AWS::S3::Bucket` */
  type: string;
  /** Where the CDK application made it: `ChatStack/Uploads/Resource`. */
  path?: string;
  /** What is the matter, as a clause: `it cannot be run on one machine`. */
  what: string;
  /** What to do about it, as a sentence without its full stop. */
  remedy: string;
}

/** One line for a person. */
export const describeProblem = ({ logicalId, type, path, what, remedy }: Problem): string =>
  `${logicalId} (${type}${path ? `, ${path}` : ''}): ${what}. ${remedy}.`;

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
