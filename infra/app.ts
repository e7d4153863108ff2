import { inspect } from 'node:util';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle } from './bundle.ts';
import { ChatStack, ContextError, readContext } from './chat-stack.ts';

/**
 * The CDK application that `cdk.json` runs. `-c stage=dev` makes a second stack beside `production`, and
 * `-c accessLogs=true` turns access logs on.
 */
// The App synthesizes when this file has ended, so no `catch` sees all errors. Node would add its own frames to each.
process.on('uncaughtException', (error) => {
  const isUsage = error instanceof ContextError;
  const withoutNode = inspect(error).replace(/\n +at .*\bnode:.*?( \{)?$/gm, '$1');
  process.stderr.write(`${isUsage ? error.message : withoutNode}\n`);
  process.exit(isUsage ? 2 : 1);
});

const app = new App();
const { stageName, accessLogs } = readContext(app.node);
const handlers = await bundle('handlers/*.ts');

new ChatStack(app, `MiddyFanout-${stageName.replaceAll('_', '-')}`, { handlers, stageName, accessLogs });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
