/** A part of a template that cannot run here, or that the run does not support. */
export interface Problem {
  /** Logical id of the resource. */
  logicalId: string;
  /** `AWS::S3::Bucket` */
  type: string;
  /** Path of the construct: `ChatStack/Uploads/Resource`. */
  path?: string;
  /** The problem, as a clause: `it cannot run on one machine`. */
  what: string;
  /** The remedy, as a sentence without its full stop. */
  remedy: string;
}

/** One line for a person. */
export const describeProblem = ({ logicalId, type, path, what, remedy }: Problem): string =>
  `${logicalId} (${type}${path ? `, ${path}` : ''}): ${what}. ${remedy}.`;

const HINT =
  'To leave out a part only in the local run, let the application check process.env.MIDDY_FANOUT_LOCAL: it is "1" while the local run synthesizes.';

/** The application cannot run here. `problems` has every reason, not only the first. */
export class UnsupportedApplication extends Error {
  override readonly name = 'UnsupportedApplication';
  readonly problems: readonly Problem[];

  constructor(applicationName: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    const lines = [`${applicationName} cannot run here: ${count}`, ...problems.map(describeProblem)].join('\n  - ');
    super(problems.some(({ remedy }) => remedy.includes('in the local run')) ? `${lines}\n${HINT}` : lines);
    this.problems = problems;
  }
}
