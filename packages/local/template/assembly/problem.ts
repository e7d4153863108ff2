/** A part of a template that cannot run here, or that the run does not imitate. */
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
  'To leave a part out in the local run alone, the application asks for process.env.MIDDY_FANOUT_LOCAL, which is "1" when the local run synthesizes it.';

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
