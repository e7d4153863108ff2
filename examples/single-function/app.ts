import { App } from 'aws-cdk-lib';
import { bundle } from '../../infra/bundle.ts';
import { ExampleStack } from '../example-stack.ts';

const handlers = await bundle('examples/single-function/handlers/*.ts');
const entry = 'all-routes';
const { api } = new ExampleStack(new App(), 'SingleFunction', {
  handlers,
  stageName: 'dev',
  connect: {
    entry,
    authorizer: { entry: 'require-https', identitySource: ['route.request.header.X-Forwarded-Proto'] },
  },
  disconnect: { entry },
  default: { entry },
});
api.addRoute('routeA', { entry });
