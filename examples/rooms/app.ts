import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundle } from '../../infra/bundle.ts';
import { acknowledge } from '../../infra/functions/acknowledge.ts';
import { ExampleStack } from '../example-stack.ts';
import { channels } from './channels.ts';

const app = new App();
const handlers = await bundle('examples/rooms/handlers/*.ts');
const { api } = new ExampleStack(app, 'Rooms', { handlers, channels });
const connect = api.routes.get('$connect');
if (connect)
  acknowledge(connect, {
    id: 'AwsSolutions-APIG4',
    reason: 'Anyone may enter the rooms under any name: an application has an authorizer.',
  });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
