import { App } from 'aws-cdk-lib';
import { bundle } from '../../infra/bundle.ts';
import { ExampleStack } from '../example-stack.ts';

const handlers = await bundle('examples/single-function/handlers/*.ts');
const handler = 'all-routes';
const { api } = new ExampleStack(new App(), 'SingleFunction', {
  handlers,
  stageName: 'dev',
  connect: {
    handler,
    authorizer: { handler: 'require-https', identitySource: ['route.request.header.X-Forwarded-Proto'] },
  },
  disconnect: { handler },
  default: { handler },
});
api.addRoute('routeA', { handler });
