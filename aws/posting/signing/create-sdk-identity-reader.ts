import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import type { Identity } from './create-post-signer.ts';

/** Reads the identity from the SDK's default chain. The SDK renews credentials that are about to expire. */
export const createSdkIdentityReader = (): (() => Promise<Identity>) => {
  const { config } = new ApiGatewayManagementApiClient({});
  return async () => {
    const [{ accessKeyId, secretAccessKey, sessionToken }, region] = await Promise.all([
      config.credentials(),
      config.region(),
    ]);
    return { accessKeyId, secretAccessKey, sessionToken, region };
  };
};
