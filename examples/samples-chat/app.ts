import { App } from 'aws-cdk-lib';
import { bundle } from '../../infra/bundle.ts';
import { ExampleStack } from '../example-stack.ts';

const handlers = await bundle('examples/samples-chat/handlers/*.ts');
const { api } = new ExampleStack(new App(), 'SamplesChat', {
  handlers,
  stageName: 'dev',
  keyAttribute: 'ConnectionId',
});
api.addRoute('sendMessage', { handler: 'send-message', can: ['broadcast'] });
