import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What cdk-nag calls a statement on this resource, which has a wildcard: it wants each acknowledged by itself. */
export const wildcardFinding = (scope: IConstruct, resource: string): string =>
  `AwsSolutions-IAM5[Resource::${flatten(Stack.of(scope).resolve(resource))}]`;

/** `{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":execute-api"]]}` is `arn:<AWS::Partition>:execute-api`. */
const flatten = (value: string | { Ref: string } | { 'Fn::Join': [string, (string | { Ref: string })[]] }): string => {
  if (typeof value === 'string') return value;
  return 'Ref' in value ? `<${value.Ref}>` : value['Fn::Join'][1].map(flatten).join(value['Fn::Join'][0]);
};
