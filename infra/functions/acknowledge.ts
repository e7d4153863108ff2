import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of cdk-nag, and the reason why it does not apply. */
export interface Acknowledgment {
  id: string;
  reason: string;
}

/** Acknowledges findings of a checker such as cdk-nag. Without effect in an older CDK, which has no `Validations`. */
export const acknowledge = (construct: IConstruct, ...findings: readonly Acknowledgment[]): void => {
  const { Validations }: Partial<typeof cdk> = cdk;
  Validations?.of(construct).acknowledge(...findings);
};
