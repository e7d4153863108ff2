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
