import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The id of cdk-nag's finding for a statement whose resource has a wildcard. Each finding needs its own reason. */
export const wildcardFinding = (scope: IConstruct, resource: string): string =>
  `AwsSolutions-IAM5[Resource::${flatten(Stack.of(scope).resolve(resource))}]`;

/**
 * Writes values that only CloudFormation knows as cdk-nag does:
 * `{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":execute-api"]]}` becomes `arn:<AWS::Partition>:execute-api`.
 */
const flatten = (value: unknown): string => {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  const [[name, content] = []] = Object.entries(value as object);
  if (name === 'Ref') return `<${flatten(content)}>`;
  if (name === 'Fn::Join') return content[1].map(flatten).join(content[0]);
  if (name === 'Fn::GetAtt') return `<${content.map(flatten).join('.')}>`;
  return name === 'Fn::Sub' || name === 'Fn::ImportValue' ? flatten(content) : JSON.stringify(value);
};
