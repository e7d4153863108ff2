import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { FanOutApi } from './constructs/fan-out-api.ts';
import type { FanOutApiProps } from './constructs/fan-out-api-props.ts';

export interface ChatStackProps extends StackProps, FanOutApiProps {}

/** A chat: what one client sends as `message`, the others receive. */
export class ChatStack extends Stack {
  readonly chat: FanOutApi;

  constructor(scope: Construct, id: string, props: ChatStackProps) {
    super(scope, id, props);
    this.chat = new FanOutApi(this, 'Chat', { throttle: { rateLimit: 2_000, burstLimit: 1_000 }, ...props });
    this.chat.addRoute('send-message', { can: ['broadcast'] });
    const connect = this.chat.routes.get('$connect');
    if (connect && !props.connect?.authorizer)
      Validations.of(connect).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'Anybody may join this chat. The option connect.authorizer says who may not.',
      });
    for (const [name, value] of Object.entries(this.chat.outputs)) new CfnOutput(this, name, { value });
  }
}
