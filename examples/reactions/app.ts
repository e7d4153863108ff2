import { App } from 'aws-cdk-lib';
import { bundle } from '../../infra/bundle.ts';
import { ExampleStack } from '../example-stack.ts';

const handlers = await bundle('examples/reactions/handlers/*.ts');
const { api } = new ExampleStack(new App(), 'Reactions', { handlers, default: { can: ['broadcast'] } });
api.addRoute('react', { can: ['broadcast'] });
api.addRoute('ping', { mock: { reply: 'pong' } });
