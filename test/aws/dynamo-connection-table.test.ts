import {
  type BatchWriteItemCommandInput,
  DynamoDBClient,
  PutItemCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoConnectionTable } from '../../aws/dynamo-connection-table.ts';
import { aConnectionRow } from '../builders/a-connection-row.ts';
import { createConnectionsTable } from './create-connections-table.ts';
import { startDynalite } from './start-dynalite.ts';
import { useLocalCredentials } from './use-local-credentials.ts';

let dynamo: Awaited<ReturnType<typeof startDynalite>>;

beforeAll(async () => {
  dynamo = await startDynalite();
  useLocalCredentials({ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url });
});
afterAll(() => dynamo.stop());

type Answer = (input: ServiceInputTypes) => Promise<{ output: ServiceOutputTypes }>;

/** A table whose calls go through `intercept`, on their way to dynalite. */
const start = async (intercept: (input: ServiceInputTypes, next: Answer) => ReturnType<Answer>) => {
  const client = new DynamoDBClient();
  const tableName = await createConnectionsTable(client);
  client.middlewareStack.add(
    (next) => (args) =>
      intercept(args.input, (input) => next({ ...args, input }) as ReturnType<Answer>) as ReturnType<typeof next>,
    { step: 'initialize' },
  );
  return { client, tableName, table: new DynamoConnectionTable({ tableName, client }) };
};

describe('DynamoConnectionTable', () => {
  it('reads consistently, so that who connected before the scan is found', async () => {
    const inputs: ServiceInputTypes[] = [];
    const { table } = await start((input, next) => {
      inputs.push(input);
      return next(input);
    });
    await table.scanPage();
    expect(inputs).toMatchObject([{ ConsistentRead: true }]);
  });

  it('takes a row that has only its key for a connection since ever and for ever', async () => {
    const { client, table, tableName } = await start((input, next) => next(input));
    await client.send(new PutItemCommand({ TableName: tableName, Item: { connectionId: { S: 'c1' } } }));
    const { rows } = await table.scanPage();
    expect(rows).toEqual([{ connectionId: 'c1', connectedAt: 0, ttl: Number.MAX_SAFE_INTEGER }]);
  });

  it('deletes again what DynamoDB left unprocessed, and that alone', async () => {
    const batches: number[] = [];
    const { table } = await start((input, next) => withholdHalf(input, next, batches));
    const ids = Array.from({ length: 8 }, (_, index) => `c${index}`);
    await Promise.all(ids.map((connectionId) => table.put(aConnectionRow({ connectionId }))));
    expect(await table.deleteMany(ids)).toEqual([]);
    expect(batches).toEqual([8, 4, 2, 1]);
    expect((await table.scanPage()).rows).toEqual([]);
  });

  it('names what DynamoDB leaves unprocessed for ever', async () => {
    const { table } = await start(async (input, next) => {
      const { RequestItems } = input as BatchWriteItemCommandInput;
      return RequestItems ? { output: { UnprocessedItems: RequestItems, $metadata: {} } } : next(input);
    });
    expect(await table.deleteMany(['c1', 'c2'])).toEqual(['c1', 'c2']);
  });
});

/** Does the first half of a batch, as a throttled DynamoDB does. */
const withholdHalf = async (input: ServiceInputTypes, next: Answer, batches: number[]): ReturnType<Answer> => {
  const { RequestItems } = input as BatchWriteItemCommandInput;
  const [tableName = '', requests = []] = Object.entries(RequestItems ?? {})[0] ?? [];
  if (requests.length === 0) return next(input);
  batches.push(requests.length);
  const half = Math.ceil(requests.length / 2);
  const { output } = await next({ RequestItems: { [tableName]: requests.slice(0, half) } });
  const left = requests.slice(half);
  return { output: { ...output, UnprocessedItems: left.length > 0 ? { [tableName]: left } : {} } };
};
