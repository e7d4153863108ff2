import { Annotations, Stack } from 'aws-cdk-lib';
import type { IWebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { acknowledge } from './acknowledge.ts';
import type { HandlerFunction } from './handler-function.ts';
import { wildcardFinding } from './wildcard-finding.ts';

/** Allows a function one method on the connections of a stage: POST to send, GET to inspect, DELETE to close. */
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
    reason: 'A policy cannot list connection ids, because they change. It names the API, the stage and the method.',
  });
  if (handler.isIsolated) Annotations.of(handler).addWarningV2(ISOLATED_SUBNETS.id, ISOLATED_SUBNETS.message);
};

/** https://repost.aws/knowledge-center/api-gateway-vpc-connections */
const ISOLATED_SUBNETS = {
  id: 'middy-fanout:IsolatedSubnets',
  message:
    'This function posts to connections, but its subnets have no route to the internet. API Gateway has no VPC endpoint for WebSocket APIs, so the posts time out. Choose subnets with a NAT gateway: vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }',
} as const;
