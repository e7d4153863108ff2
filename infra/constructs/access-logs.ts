import type { RemovalPolicy } from 'aws-cdk-lib';
import type { CfnStage, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/**
 * The fields of a line. Connection ids are left out, because a connection id works like a credential. The functions log
 * a hash of it under the same request id.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
const FIELDS = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  eventType: '$context.eventType',
  routeKey: '$context.routeKey',
  status: '$context.status',
  integrationStatus: '$context.integrationStatus',
  integrationLatencyMs: '$context.integrationLatency',
  error: '$context.error.message',
  sourceIp: '$context.identity.sourceIp',
};

export interface AccessLogsProps {
  retention: RetentionDays;
  removalPolicy: RemovalPolicy;
}

/** The access log of a stage: one line for each event. API Gateway writes it with the account's CloudWatch role. */
export class AccessLogs extends Construct {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: AccessLogsProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', props);
  }

  /** Sets the resource's property, because the stage of an older CDK has no option for it. */
  writeFrom(stage: WebSocketStage): void {
    (stage.node.defaultChild as CfnStage).accessLogSettings = {
      destinationArn: this.logGroup.logGroupArn,
      format: JSON.stringify(FIELDS),
    };
  }
}
