import { App } from 'aws-cdk-lib';
import { bundle } from '../../infra/bundle.ts';
import { ExampleStack } from '../example-stack.ts';

const handlers = await bundle('examples/workshop/handlers/*.ts');
const { api } = new ExampleStack(new App(), 'Workshop', {
  handlers,
  stageName: 'beta',
  disconnect: { mock: {} },
  default: { mock: {} },
});
api.addRoute('sendMessage', { handler: 'send-message', can: ['broadcast'] });
api.addRoute('leave', { can: ['disconnect'] });
