import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { DynamoChannelTable } from '../../../aws/channels/dynamo-channel-table.ts';
import { FakeChannelTable } from '../../../testing/fake-channel-table.ts';
import { startDynalite } from '../start-dynalite.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { channelTableContract } from './channel-table.contract.ts';
import { createChannelsTable } from './create-channels-table.ts';

channelTableContract('FakeChannelTable', {
  start: async () => new FakeChannelTable(),
  startDown: async () => Object.assign(new FakeChannelTable(), { down: true }),
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

channelTableContract('DynamoChannelTable on dynalite', {
  start: async () => new DynamoChannelTable({ tableName: await createChannelsTable(client), client }),
  startDown: async () =>
    new DynamoChannelTable({
      tableName: 'channels',
      client: new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
    }),
});
