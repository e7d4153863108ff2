import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of cdk-nag, and why it is none here. */
export interface Acknowledgment {
  id: string;
  reason: string;
}

/**
 * Tells whoever checks the stack, cdk-nag for one, that a finding was thought of. A CDK from before there were
 * `Validations` has nobody to tell.
 */
export const acknowledge = (construct: IConstruct, ...findings: readonly Acknowledgment[]): void => {
  const { Validations }: Partial<typeof cdk> = cdk;
  Validations?.of(construct).acknowledge(...findings);
};
