import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Our choice: longest wait for one call, in milliseconds. The SDK tries it three times. */
const REQUEST_TIMEOUT_MS = 3_000;

/** Creates a client with the region, credentials and endpoint of the environment. */
export const createDynamoClient = (): DynamoDBClient =>
  new DynamoDBClient({ requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true } });
