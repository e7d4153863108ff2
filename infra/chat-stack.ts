import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct, Node } from 'constructs';
import { closest } from '../schemas/validation/schema-faults.ts';
import { FanOutApi } from './constructs/fan-out-api.ts';
import { type FanOutApiProps, isStageName } from './constructs/fan-out-api-props.ts';
import { acknowledge } from './functions/acknowledge.ts';

export interface ChatStackProps extends StackProps, FanOutApiProps {}

/** The chat: each client receives the messages of the others. */
export class ChatStack extends Stack {
  readonly chat: FanOutApi;

  constructor(scope: Construct, id: string, props: ChatStackProps) {
    super(scope, id, props);
    this.chat = new FanOutApi(this, 'Chat', { throttle: { rateLimit: 2_000, burstLimit: 1_000 }, ...props });
    this.chat.addRoute('send-message', { can: ['broadcast'] });
    const connect = this.chat.routes.get('$connect');
    if (connect && !props.connect?.authorizer)
      acknowledge(connect, {
        id: 'AwsSolutions-APIG4',
        reason: 'Anyone may join this chat. To restrict it, set the option connect.authorizer.',
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

/** An option of the command line is invalid. The message is one sentence for the person who typed it. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/**
 * Reads the options of the command line, which CDK passes as text.
 * @throws {ContextError} if `accessLogs` is neither `true` nor `false`, `stage` is not a valid stage name, or an option is
 * misspelt: CDK would ignore a misspelt `stage` and deploy production.
 */
export const readContext = (node: Node): Context => {
  refuseMisspelt(Object.keys(node.getAllContext()));
  const stageName = String(node.tryGetContext('stage') ?? 'production');
  const accessLogs = String(node.tryGetContext('accessLogs') ?? false);
  if (!isStageName(stageName))
    throw new ContextError(`-c stage: expected 1 to 128 letters, digits, "-" and "_", got "${stageName}"`);
  if (!['true', 'false'].includes(accessLogs))
    throw new ContextError(`-c accessLogs: expected true or false, got "${accessLogs}"`);
  return { stageName, accessLogs: accessLogs === 'true' };
};

const NAMES = ['stage', 'accessLogs'];

/** CDK's own names have a `:` or a `/`. Names that resemble no option are free for changes to this application. */
const refuseMisspelt = (context: readonly string[]): void => {
  for (const name of context.filter((given) => !NAMES.includes(given) && !/[:/]/.test(given))) {
    const prefix = NAMES.find((option) => name.toLowerCase().startsWith(option.toLowerCase()));
    const suggestion = closest(name, NAMES) ?? prefix;
    if (suggestion) throw new ContextError(`-c ${name}: there is no such option, write -c ${suggestion}=…`);
  }
};
