import { App } from 'aws-cdk-lib';
import { bundle } from '../../infra/bundle.ts';
import { ExampleStack } from '../example-stack.ts';

const { ISSUER, AUDIENCE, ALLOWED_ORIGINS = '', JWKS = '' } = process.env;
if (!ISSUER || !AUDIENCE)
  throw new Error('Set ISSUER, such as https://cognito-idp.eu-west-1.amazonaws.com/POOL, and AUDIENCE');

const handlers = await bundle('examples/protected/handlers/*.ts', 'handlers/send-message.ts');
const { api } = new ExampleStack(new App(), 'Protected', {
  handlers,
  connect: { authorizer: { handler: 'authorize', environment: { ISSUER, AUDIENCE, ALLOWED_ORIGINS, JWKS } } },
});
api.addRoute('send-message', { can: ['broadcast'] });
