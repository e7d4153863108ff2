import { Annotations, Stack } from 'aws-cdk-lib';
import type { IWebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { acknowledge } from './acknowledge.ts';
import type { HandlerFunction } from './handler-function.ts';
import { wildcardFinding } from './wildcard-finding.ts';

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
  acknowledge(handler.role, {
    id: wildcardFinding(handler, resource),
    reason: 'Connections come and go, so their ids cannot be listed. API, stage and method are.',
  });
  if (handler.isIsolated) Annotations.of(handler).addWarningV2(UNREACHABLE.id, UNREACHABLE.message);
};

/** https://repost.aws/knowledge-center/api-gateway-vpc-connections */
const UNREACHABLE = {
  id: 'middy-fanout:IsolatedSubnets',
  message:
    'This function posts to connections, and its subnets have no way to the internet: API Gateway has no VPC endpoint for WebSocket APIs, so its posts time out. Choose subnets with a NAT gateway, vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }',
} as const;
