import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { DynamoChannelTable } from '../../../aws/channels/dynamo-channel-table.ts';
import { startDynamoDbLocal } from '../start-dynamodb-local.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { channelTableContract } from './channel-table.contract.ts';
import { createChannelsTable } from './create-channels-table.ts';

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

channelTableContract('DynamoChannelTable on DynamoDB Local', {
  start: async () => new DynamoChannelTable({ tableName: await createChannelsTable(client), client }),
  startDown: async () =>
    new DynamoChannelTable({
      tableName: 'channels',
      client: new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
    }),
});
