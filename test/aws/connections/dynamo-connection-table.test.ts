import {
  type AttributeValue,
  type BatchWriteItemCommandInput,
  DynamoDBClient,
  PutItemCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoConnectionTable } from '../../../aws/connections/dynamo-connection-table.ts';
import { NO_EXPIRY_SECONDS } from '../../../schemas/connections/connection-row.ts';
import { aConnectionRow } from '../../support/a-connection-row.ts';
import { startDynalite } from '../start-dynalite.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { createConnectionsTable } from './create-connections-table.ts';

let dynamo: Awaited<ReturnType<typeof startDynalite>>;

beforeAll(async () => {
  dynamo = await startDynalite();
  useLocalCredentials({ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url });
});
afterAll(() => dynamo.stop());

type Answer = (input: ServiceInputTypes) => Promise<{ output: ServiceOutputTypes }>;

/** A table whose calls to dynalite go through `intercept`. */
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
  it('reads consistently, so that a scan finds every connection that was written before it', async () => {
    const inputs: ServiceInputTypes[] = [];
    const { table } = await start((input, next) => {
      inputs.push(input);
      return next(input);
    });
    await table.scanPage();
    expect(inputs).toMatchObject([{ ConsistentRead: true }]);
  });

  it.each<[string, Record<string, AttributeValue>, { connectedAt: number; ttl: number }]>([
    ['with only its key', {}, { connectedAt: 0, ttl: NO_EXPIRY_SECONDS }],
    [
      'with milliseconds',
      { connectedAt: { N: '1795219006123' }, ttl: { N: '1795226506123' } },
      { connectedAt: 1_795_219_006, ttl: 1_795_226_506 },
    ],
    [
      'with a fraction',
      { connectedAt: { N: '1795219006.453' }, ttl: { N: '1795226506.9' } },
      { connectedAt: 1_795_219_006, ttl: 1_795_226_506 },
    ],
    ['with a negative time', { connectedAt: { N: '-1' } }, { connectedAt: 0, ttl: NO_EXPIRY_SECONDS }],
    [
      'with times as text',
      { connectedAt: { S: '1795219006' }, ttl: { S: 'tomorrow' } },
      { connectedAt: 1_795_219_006, ttl: NO_EXPIRY_SECONDS },
    ],
  ])('normalizes a row of other code, %s', async (_, attributes, times) => {
    const { client, table, tableName } = await start((input, next) => next(input));
    const Item = { connectionId: { S: 'c1' }, ...attributes };
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
    expect((await table.scanPage()).rows).toEqual([{ connectionId: 'c1', ...times }]);
  });

  it('names a key that is not a string', async () => {
    const { table } = await start(async (input, next) =>
      'ConsistentRead' in input ? { output: { Items: [{ connectionId: { N: '5' } }], $metadata: {} } } : next(input),
    );
    await expect(table.scanPage()).rejects.toThrow(/the key connectionId of the table .* to be a string/);
  });

  it('retries only the rows that DynamoDB left unprocessed', async () => {
    const batches: number[] = [];
    const { table } = await start((input, next) => withholdHalf(input, next, batches));
    const ids = Array.from({ length: 8 }, (_, index) => `c${index}`);
    await Promise.all(ids.map((connectionId) => table.put(aConnectionRow({ connectionId }))));
    expect(await table.deleteMany(ids)).toEqual([]);
    expect(batches).toEqual([8, 4, 2, 1]);
    expect((await table.scanPage()).rows).toEqual([]);
  });

  it('returns the ids that DynamoDB never processes', async () => {
    const { table } = await start(async (input, next) => {
      const { RequestItems } = input as BatchWriteItemCommandInput;
      return RequestItems ? { output: { UnprocessedItems: RequestItems, $metadata: {} } } : next(input);
    });
    expect(await table.deleteMany(['c1', 'c2'])).toEqual(['c1', 'c2']);
  });
});

/** Processes only the first half of a batch, like a throttled DynamoDB. */
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
