import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FanOutApi } from '../infra/constructs/fan-out-api.ts';
import type { FanOutApiProps } from '../infra/constructs/fan-out-api-props.ts';

/** One API and its outputs. `-c stage=dev` deploys it with another stage. */
export class ExampleStack extends Stack {
  readonly api: FanOutApi;

  constructor(scope: Construct, id: string, props: FanOutApiProps) {
    super(scope, id);
    const stageName: string | undefined = this.node.tryGetContext('stage');
    this.api = new FanOutApi(this, 'Api', { ...props, ...(stageName !== undefined && { stageName }) });
    for (const [name, value] of Object.entries(this.api.outputs)) new CfnOutput(this, name, { value });
  }
}
