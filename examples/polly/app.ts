import { App } from 'aws-cdk-lib';
import { bundle } from '../../infra/bundle.ts';
import { ExampleStack } from '../example-stack.ts';

const handlers = await bundle('examples/polly/handlers/*.ts');
const { api } = new ExampleStack(new App(), 'Polly', { handlers });
api.addRoute('send-message', { can: ['broadcast'] });
