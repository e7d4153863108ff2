import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct, Node } from 'constructs';
import { closest } from '../schemas/schema-faults.ts';
import { FanOutApi } from './constructs/fan-out-api.ts';
import { type FanOutApiProps, isStageName } from './constructs/fan-out-api-props.ts';

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

export interface Context {
  /** `-c stage=dev`. Default `production`. */
  stageName: string;
  /** `-c accessLogs=true`. Default false. */
  accessLogs: boolean;
}

/**
 * The options of the command line: CDK gives them as text.
 * @throws {Error} where `accessLogs` is neither `true` nor `false`, `stage` is no name that a stage can have, or one of
 * them is misspelt: it would be ignored, and production deployed in place of another stage.
 */
export const readContext = (node: Node): Context => {
  refuseMisspelt(Object.keys(node.getAllContext()));
  const stageName = String(node.tryGetContext('stage') ?? 'production');
  const accessLogs = String(node.tryGetContext('accessLogs') ?? false);
  if (!isStageName(stageName))
    throw new Error(`-c stage: expected 1 to 128 letters, digits, "-" and "_", got "${stageName}"`);
  if (!['true', 'false'].includes(accessLogs))
    throw new Error(`-c accessLogs: expected true or false, got "${accessLogs}"`);
  return { stageName, accessLogs: accessLogs === 'true' };
};

const NAMES = ['stage', 'accessLogs'];

/** CDK's own names have a `:` or a `/`; others may be of whoever changes this application. */
const refuseMisspelt = (context: readonly string[]): void => {
  for (const name of context.filter((given) => !NAMES.includes(given) && !/[:/]/.test(given))) {
    const within = NAMES.find((option) => name.toLowerCase().startsWith(option.toLowerCase()));
    const meant = closest(name, NAMES) ?? within;
    if (meant) throw new Error(`-c ${name}: there is no such option, write -c ${meant}=…`);
  }
};
