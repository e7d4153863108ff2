import { App } from 'aws-cdk-lib';
import { bundle } from '../../infra/bundle.ts';
import { ExampleStack } from '../example-stack.ts';

const handlers = await bundle('examples/chat-room/handlers/*.ts');
const { api } = new ExampleStack(new App(), 'ChatRoom', { handlers, stageName: 'Test', keyAttribute: 'connectionid' });
api.addRoute('onMessage', { handler: 'on-message', can: ['broadcast'] });
