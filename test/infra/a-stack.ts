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
 * Handlers of these names and of the framework's names, which do nothing: a template does not depend on their code.
 * `default` is the framework's own unless it is among the names.
 */
export const someHandlers = (...names: string[]): Promise<Handlers> =>
  frameworkHandlersAnd('connect', 'disconnect', 'fan-out', ...names);

/** Handlers of these names, which do nothing, and the framework's own handlers of all other names. */
export const frameworkHandlersAnd = async (...names: string[]): Promise<Handlers> => {
  const source = 'export const handler = async () => ({ statusCode: 200 });';
  const files = names.map((name) => [`handlers/${name}.ts`, source]);
  const home = process.cwd();
  process.chdir(await anApplication(Object.fromEntries(files)));
  return bundle('handlers/*.ts').finally(() => process.chdir(home));
};

/** An application with the feature flags of `cdk.json`. CDK's own validation takes 5 s: only the slow tests have it. */
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
