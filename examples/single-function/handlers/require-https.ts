import type { ConnectAuthorization, ConnectAuthorizerEvent } from '../../../middleware/connect/authorize-connect.ts';

/** Allows requests over HTTPS. API Gateway sets the header itself, and answers 401 to exactly this error. */
export const handler = async ({ headers, methodArn }: ConnectAuthorizerEvent): Promise<ConnectAuthorization> => {
  if (headers?.['X-Forwarded-Proto'] !== 'https') throw new Error('Unauthorized');
  return {
    principalId: 'me',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
    },
  };
};
