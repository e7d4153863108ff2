import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type EnginesOptions, startEngines } from '../../../../packages/local/engines/start-engines.ts';
import { FunctionKeyring } from '../../../../packages/local/functions/function-keyring.ts';
import type { Authority, Credentials, Queue, Table } from '../../../../packages/local/model/application.ts';

/** Long enough for two threads on a machine that runs other tests too. */
export const STARTING_MS = 30_000;

const region = 'eu-central-1';
const accountId = '123456789012';

export const aTable = (rest: Partial<Table> = {}): Table => ({
  logicalId: 'Rows',
  tableName: 'rows',
  arn: `arn:aws:dynamodb:${region}:${accountId}:table/rows`,
  definition: {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
  ...rest,
});

export const queueArn = (name: string) => `arn:aws:sqs:${region}:${accountId}:${name}`;

interface QueueSpec {
  name: string;
  attributes: Record<string, string>;
}

export interface TestEnginesOptions extends EnginesOptions {
  tables?: readonly Table[];
  queues?: readonly QueueSpec[];
  authority?: Authority;
}

/** Real engines with the given resources, and unmodified SDK clients for the developer and for functions. */
export const startEnginesForTest = async ({
  tables = [],
  queues = [],
  authority,
  ...options
}: TestEnginesOptions = {}) => {
  const engines = await startEngines(options);
  const keyring = new FunctionKeyring();
  const allowAll: Authority = { decide: () => ({ allowed: true }) };
  const url = (name: string) => `${engines.sqsUrl}/${accountId}/${name}`;
  const deploy = (next: Authority = authority ?? allowAll, more: readonly QueueSpec[] = queues) =>
    engines.deploy({
      ...{ region, accountId, tables, keyring, authority: next },
      queues: more.map(
        ({ name, attributes }): Queue => ({
          logicalId: name,
          queueName: name,
          arn: queueArn(name),
          url: url(name),
          attributes,
        }),
      ),
    });
  await deploy();
  const clients: { destroy(): void }[] = [];
  const track = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  return {
    engines,
    keyring,
    url,
    deploy,
    dynamodb: (credentials: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' }) =>
      track(new DynamoDBClient({ region, endpoint: engines.dynamodbUrl, credentials, maxAttempts: 1 })),
    sqs: (credentials: Credentials = { accessKeyId: 'local', secretAccessKey: 'local' }) =>
      track(new SQSClient({ region, endpoint: engines.sqsUrl, credentials, maxAttempts: 1 })),
    stop: async () => {
      for (const client of clients) client.destroy();
      await engines.stop();
    },
  };
};

export type TestEngines = Awaited<ReturnType<typeof startEnginesForTest>>;
