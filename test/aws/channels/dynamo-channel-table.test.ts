import { DynamoDBClient, ScanCommand, type ServiceInputTypes, type ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Subscription } from '../../../aws/channels/channel-table.ts';
import { DynamoChannelTable } from '../../../aws/channels/dynamo-channel-table.ts';
import { startDynalite } from '../start-dynalite.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { createChannelsTable } from './create-channels-table.ts';

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
  const tableName = await createChannelsTable(client);
  client.middlewareStack.add(
    (next) => (args) =>
      intercept(args.input, (input) => next({ ...args, input }) as ReturnType<Answer>) as ReturnType<typeof next>,
    { step: 'initialize' },
  );
  return { client, tableName, table: new DynamoChannelTable({ tableName, client }) };
};

const LATER = 4_000_000_000;
const PAST = 1_000;

const ann: Subscription = { connectionId: 'c1', user: 'ann', connectedAt: 1_795_219_006, ttl: LATER };
const entry = { seq: 7, id: 'm1', source: 'queue/1', kind: 'message', data: { text: 'hi' }, at: 5 } as const;

describe('DynamoChannelTable', () => {
  it('reads consistently, and asks for no capacity', async () => {
    const inputs: ServiceInputTypes[] = [];
    const { table } = await start((input, next) => {
      inputs.push(input);
      return next(input);
    });
    await Promise.all([
      table.connection('c1'),
      table.hasSubscription('room:1', 'ann', 'c1'),
      table.subscriptionPage('room:1'),
      table.hasUser('room:1', 'ann'),
      table.head('room:1'),
      table.log('room:1', { after: 0, upTo: 9, limit: 9 }),
      table.presence('room:1'),
      table.isHere('room:1', 'ann'),
      table.users('room:1', 9),
    ]);
    expect(inputs).toHaveLength(9);
    expect(inputs).toEqual(inputs.map(() => expect.objectContaining({ ConsistentRead: true })));
    expect(inputs.filter((input) => 'ReturnConsumedCapacity' in input)).toEqual([]);
  });

  it('keeps each item under its keys', async () => {
    const { client, tableName, table } = await start((input, next) => next(input));
    await table.openConnection({ ...ann, protocol: true });
    await table.putSubscription('room:1', ann);
    await table.createHead('room:1', 7);
    await table.append('room:1', entry, LATER);
    await table.setPresence('room:1', { seq: 7, count: 1, large: false });
    await table.markUser('room:1', 'ann', { here: true, seq: 7 });
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
    const times = { connectedAt: { N: '1795219006' }, ttl: { N: '4000000000' } };
    const expected = [
      {
        ...{ pk: { S: 'conn#c1' }, sk: { S: 'conn' }, ...times, user: { S: 'ann' }, protocol: { BOOL: true } },
        ...{ channels: { SS: ['user:ann'] }, limit: { N: '51' } },
      },
      { pk: { S: 'head#room:1' }, sk: { S: 'head' }, seq: { N: '7' }, source: { S: '' }, presenceSeq: { N: '0' } },
      {
        ...{ pk: { S: 'here#room:1' }, sk: { S: '!' } },
        ...{ seq: { N: '7' }, count: { N: '1' }, large: { BOOL: false } },
      },
      { pk: { S: 'here#room:1' }, sk: { S: 'ann' }, seq: { N: '7' }, here: { BOOL: true } },
      {
        ...{ pk: { S: 'log#room:1' }, sk: { S: '0000000000000007' }, ttl: { N: '4000000000' } },
        ...{ id: { S: 'm1' }, source: { S: 'queue/1' }, kind: { S: 'message' }, data: { S: '{"text":"hi"}' } },
        at: { N: '5' },
      },
      { pk: { S: 'sub#room:1' }, sk: { S: 'ann#c1' }, ...times },
    ];
    const keyOf = ({ pk, sk }: (typeof Items)[number]) => `${pk?.S} ${sk?.S}`;
    expect(Items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))).toEqual(expected);
  });

  it('keeps a user that is gone for a day, and one that came back for good', async () => {
    const { client, tableName, table } = await start((input, next) => next(input));
    const ttl = async () => {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
      return Items[0]?.ttl && Number(Items[0].ttl.N);
    };
    const before = Math.floor(Date.now() / 1_000);
    await table.markUser('room:1', 'ann', { here: false, seq: 1 });
    const after = Math.floor(Date.now() / 1_000);
    expect(await ttl()).toBeGreaterThanOrEqual(before + 86_400);
    expect(await ttl()).toBeLessThanOrEqual(after + 86_400);
    await table.markUser('room:1', 'ann', { here: true, seq: 2 });
    expect(await ttl()).toBeUndefined();
  });

  it('reads on after pages whose rows are past their ttl, or of users that are gone', async () => {
    const { table } = await start((input, next) =>
      next('KeyConditionExpression' in input ? { ...input, Limit: 1 } : input),
    );
    for (const connectionId of ['a', 'b']) await table.putSubscription('room:1', { ...ann, connectionId, ttl: PAST });
    await table.putSubscription('room:1', { ...ann, connectionId: 'c' });
    expect(await table.hasUser('room:1', 'ann')).toBe(true);
    await table.append('room:1', { ...entry, seq: 1 }, PAST);
    await table.append('room:1', { ...entry, seq: 2 }, LATER);
    expect(await table.log('room:1', { after: 0, upTo: 9, limit: 9 })).toEqual([{ ...entry, seq: 2 }]);
    for (const user of ['ann', 'bob', 'zoe']) await table.markUser('room:1', user, { here: user !== 'ann', seq: 1 });
    expect(await table.users('room:1', 9)).toEqual({ users: ['bob', 'zoe'], cursor: undefined });
  });

  it('reaches the same state if every write arrives twice, as after a lost answer', async () => {
    const { table } = await start(async (input, next) => {
      if ('ConsistentRead' in input || 'AttributeDefinitions' in input) return next(input);
      await next(input).catch(() => undefined);
      return next(input);
    });
    await table.openConnection(ann);
    expect(await table.addChannel('c1', 'room:1')).toEqual(ann);
    expect(await table.createHead('room:1', 7)).toEqual({ seq: 7, source: '', presenceSeq: 0 });
    expect(await table.append('room:1', entry, LATER)).toBe(true);
    await table.setPresence('room:1', { seq: 7, count: 1, large: false });
    expect(await table.presence('room:1')).toEqual({ seq: 7, count: 1, large: false });
    await table.markUser('room:1', 'ann', { here: true, seq: 7 });
    expect(await table.isHere('room:1', 'ann')).toBe(true);
    // The second write cannot tell its own first from another's. The caller reads the head again.
    const to = { seq: 8, source: 'queue/1', presenceSeq: 0 };
    expect(await table.moveHead('room:1', { seq: 7, source: '', presenceSeq: 0 }, to)).toBe(false);
    expect(await table.head('room:1')).toEqual(to);
    expect(await table.endConnection('c1')).toEqual({
      user: 'ann',
      channels: expect.arrayContaining(['room:1', 'user:ann']),
    });
  });

  it('creates a head again that is deleted while another is found', async () => {
    let reads = 0;
    const { table } = await start(async (input, next) => {
      if (!('Key' in input && 'ConsistentRead' in input)) return next(input);
      reads++;
      return reads === 1 ? { output: { $metadata: {} } } : next(input);
    });
    await table.createHead('room:1', 7);
    expect(await table.createHead('room:1', 9)).toEqual({ seq: 7, source: '', presenceSeq: 0 });
    expect(reads).toBe(2);
  });

  it('rejects an error of DynamoDB that is not a refused condition', async () => {
    const table = new DynamoChannelTable({ tableName: 'no-such-table', client: new DynamoDBClient() });
    await expect(table.createHead('room:1', 7)).rejects.toThrow('Requested resource not found');
    await expect(table.addChannel('c1', 'room:1')).rejects.toThrow('Requested resource not found');
  });
});
