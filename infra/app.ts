import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle } from './bundle.ts';
import { ChatStack, readContext } from './chat-stack.ts';

/**
 * The CDK application that `cdk.json` runs. `-c stage=dev` makes a second stack beside `production`, and
 * `-c accessLogs=true` turns access logs on.
 */
const app = new App();
const { stageName, accessLogs } = readContext(app.node);
const handlers = await bundle('handlers/*.ts');

new ChatStack(app, `MiddyFanout-${stageName.replaceAll('_', '-')}`, { handlers, stageName, accessLogs });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
