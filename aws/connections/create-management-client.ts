import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';

/**
 * A client of `@connections`. Region, credentials and the stage's callback URL come from the environment
 * (`AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`). One attempt a call: a repeated post may deliver twice.
 */
export const createManagementClient = (): ApiGatewayManagementApiClient =>
  new ApiGatewayManagementApiClient({ maxAttempts: 1 });
