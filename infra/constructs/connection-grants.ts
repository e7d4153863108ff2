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

/** `{"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":execute-api"]]}` is `arn:<AWS::Partition>:execute-api`. */
const flatten = (value: string | { Ref: string } | { 'Fn::Join': [string, (string | { Ref: string })[]] }): string => {
  if (typeof value === 'string') return value;
  return 'Ref' in value ? `<${value.Ref}>` : value['Fn::Join'][1].map(flatten).join(value['Fn::Join'][0]);
};
