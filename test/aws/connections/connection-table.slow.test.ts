import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { DynamoConnectionTable } from '../../../aws/connections/dynamo-connection-table.ts';
import { startDynamoDbLocal } from '../start-dynamodb-local.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { connectionTableContract } from './connection-table.contract.ts';
import { createConnectionsTable } from './create-connections-table.ts';

let dynamo: Awaited<ReturnType<typeof startDynamoDbLocal>>;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamo = await startDynamoDbLocal();
  useLocalCredentials({ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url });
  client = new DynamoDBClient();
});
afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

connectionTableContract('DynamoConnectionTable on DynamoDB Local', {
  start: async () => new DynamoConnectionTable({ tableName: await createConnectionsTable(client), client }),
  startDown: async () =>
    new DynamoConnectionTable({
      tableName: 'connections',
      client: new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
    }),
});
