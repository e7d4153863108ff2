import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { bundle } from '../../infra/bundle.ts';
import type { Handlers } from '../../infra/bundling/handlers.ts';
import { FanOutApi } from '../../infra/constructs/fan-out-api.ts';
import type { FanOutApiProps } from '../../infra/constructs/fan-out-api-props.ts';
import { aFolder } from './a-folder.ts';
import { anApplication } from './an-application.ts';

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

/**
 * Handlers of these names that do nothing, and of the framework's names: a template does not depend on what they do.
 * `default` is the framework's own unless it is among the names.
 */
export const someHandlers = async (...names: string[]): Promise<Handlers> => {
  const all = ['connect', 'disconnect', 'fan-out', ...names];
  const files = all.map((name) => [`handlers/${name}.ts`, 'export const handler = async () => ({ statusCode: 200 });']);
  const home = process.cwd();
  process.chdir(await anApplication(Object.fromEntries(files)));
  return bundle('handlers/*.ts').finally(() => process.chdir(home));
};

/** An application with the feature flags of `cdk.json`. CDK's own validation takes 5 s: the slow tests have it. */
export const anApp = (): App =>
  new App({
    context: { ...context, 'aws:cdk:disable-asset-staging': true },
    outdir: aFolder(),
    builtinCloudFormationValidation: false,
  });

/** A stack with one API in it. */
export const aStack = (props: FanOutApiProps, more: (chat: FanOutApi) => void = () => {}) => {
  const stack = new Stack(anApp(), 'Test');
  const chat = new FanOutApi(stack, 'Chat', props);
  more(chat);
  return { stack, chat, template: Template.fromStack(stack) };
};
