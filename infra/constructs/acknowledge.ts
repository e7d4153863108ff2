import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of cdk-nag, and why it does not apply here. */
export interface Acknowledgment {
  id: string;
  reason: string;
}

/** Acknowledges findings of a checker such as cdk-nag. Does nothing with a CDK that is older than `Validations`. */
export const acknowledge = (construct: IConstruct, ...findings: readonly Acknowledgment[]): void => {
  const { Validations }: Partial<typeof cdk> = cdk;
  Validations?.of(construct).acknowledge(...findings);
};
