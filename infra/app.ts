import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle } from './bundle.ts';
import { ChatStack, readContext } from './chat-stack.ts';

/** What `cdk.json` runs. `-c stage=dev` makes another stack beside the one of `production`; `-c accessLogs=true`. */
const app = new App();
const { stageName, accessLogs } = readContext(app.node);
const handlers = await bundle('handlers/*.ts');

new ChatStack(app, `MiddyFanout-${stageName.replaceAll('_', '-')}`, { handlers, stageName, accessLogs });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
