import { Stack, Validations } from 'aws-cdk-lib';
import type { IWebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import type { HandlerFunction } from './handler-function.ts';

/** Allows a function one method on the connections of a stage: to post to them, look at them or close them. */
export const allowConnections = (
  handler: HandlerFunction,
  { api, stageName }: IWebSocketStage,
  method: 'POST' | 'GET' | 'DELETE',
): void => {
  const resource = Stack.of(handler).formatArn({
    service: 'execute-api',
    resource: api.apiId,
    resourceName: `${stageName}/${method}/@connections/*`,
  });
  handler.allow(['execute-api:ManageConnections'], resource);
  Validations.of(handler.role).acknowledge({
    id: wildcardFinding(handler, resource),
    reason: 'Connections come and go, so their ids cannot be listed. API, stage and method are.',
  });
};

/** What cdk-nag calls a statement on this resource, which has a wildcard: it wants each acknowledged by itself. */
export const wildcardFinding = (scope: IConstruct, resource: string): string =>
  `AwsSolutions-IAM5[Resource::${flatten(Stack.of(scope).resolve(resource))}]`;

/**
 * As cdk-nag writes what only CloudFormation knows: `{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":execute-api"]]}`
 * is `arn:<AWS::Partition>:execute-api`.
 */
const flatten = (value: unknown): string => {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  const [[name, content] = []] = Object.entries(value as object);
  if (name === 'Ref') return `<${flatten(content)}>`;
  if (name === 'Fn::Join') return content[1].map(flatten).join(content[0]);
  if (name === 'Fn::GetAtt') return `<${content.map(flatten).join('.')}>`;
  return name === 'Fn::Sub' || name === 'Fn::ImportValue' ? flatten(content) : JSON.stringify(value);
};
