import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { DynamoConnectionTable } from '../../../aws/connections/dynamo-connection-table.ts';
import { FakeConnectionTable } from '../../../testing/fake-services.ts';
import { startDynalite } from '../start-dynalite.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { connectionTableContract } from './connection-table.contract.ts';
import { createConnectionsTable } from './create-connections-table.ts';

connectionTableContract('FakeConnectionTable', {
  start: async () => new FakeConnectionTable({ pageSize: 100 }),
  startDown: async () => Object.assign(new FakeConnectionTable(), { down: true }),
});

const startDown = async () =>
  new DynamoConnectionTable({
    tableName: 'c',
    client: new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
  });

let dynamo: Awaited<ReturnType<typeof startDynalite>>;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamo = await startDynalite();
  useLocalCredentials({ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url });
  client = new DynamoDBClient();
});
afterAll(async () => {
  client.destroy();
  await dynamo.stop();
});

connectionTableContract('DynamoConnectionTable with a partition key of another name', {
  start: async () => {
    const tableName = await createConnectionsTable(client, 'ConnectionId');
    return new DynamoConnectionTable({ tableName, keyAttribute: 'ConnectionId', client });
  },
  startDown,
});

connectionTableContract('DynamoConnectionTable on dynalite', {
  start: async () => new DynamoConnectionTable({ tableName: await createConnectionsTable(client), client }),
  startDown,
});
