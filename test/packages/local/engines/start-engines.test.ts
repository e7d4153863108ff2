import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEngines } from '../../../../packages/local/engines/start-engines.ts';
import type { Authority } from '../../../../packages/local/model/application.ts';
import { createMovableClock } from '../../../../packages/local/runtime/clock.ts';
import { until } from '../../../support/until.ts';
import { aTable, queueArn, STARTING_MS, startEnginesForTest, type TestEngines } from './start-engines-for-test.ts';

const ATTRIBUTES = [
  { AttributeName: 'id', AttributeType: 'S' },
  { AttributeName: 'room', AttributeType: 'S' },
];
const indexed = {
  AttributeDefinitions: ATTRIBUTES,
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-room',
      KeySchema: [{ AttributeName: 'room', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};
const redrive = JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 2 });
const clock = createMovableClock();
let engines: TestEngines;
beforeAll(async () => {
  engines = await startEnginesForTest({
    clock,
    tables: [aTable(), aTable({ tableName: 'indexed', ttlAttribute: 'ttl', definition: indexed })],
    queues: [
      { name: 'jobs', attributes: { RedrivePolicy: redrive, VisibilityTimeout: '3600' } },
      { name: 'dead', attributes: {} },
      { name: 'short', attributes: { MessageRetentionPeriod: '60' } },
    ],
  });
}, STARTING_MS);
afterAll(() => engines.stop());

const caller = (engines: TestEngines) =>
  engines.keyring.credentialsOf('echo', 'arn:aws:iam::123456789012:role/EchoRole');
const unknown = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' };
/** Allows the listed permissions (`action resource`), and remembers every request. */
const anAuthority = (...allowed: string[]) => {
  const asked: string[] = [];
  const authority: Authority = {
    decide: (by, action, resourceArn) => {
      if (by.kind === 'developer') return { allowed: true };
      asked.push(`${action} ${resourceArn}`);
      return allowed.includes(`${action} ${resourceArn}`)
        ? { allowed: true }
        : { allowed: false, message: `no ${action}` };
    },
  };
  return { authority, asked };
};

const TABLES = 'arn:aws:dynamodb:eu-central-1:123456789012:table';
const ROWS = `${TABLES}/rows`;

describe('the tables', () => {
  it('are created as the template declares them, with indexes and time to live', async () => {
    const client = engines.dynamodb();
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'indexed' }));
    expect(Table).toMatchObject({
      TableArn: `${TABLES}/indexed`,
      TableStatus: 'ACTIVE',
      GlobalSecondaryIndexes: [{ IndexName: 'by-room' }],
    });
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: 'indexed' }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    await client.send(new PutItemCommand({ TableName: 'indexed', Item: { id: { S: 'a' }, room: { S: 'r' } } }));
    const query = {
      TableName: 'indexed',
      IndexName: 'by-room',
      KeyConditionExpression: 'room = :r',
      ExpressionAttributeValues: { ':r': { S: 'r' } },
    };
    expect((await client.send(new QueryCommand(query))).Count).toBe(1);
  });

  it('allow a function the calls of its role, and refuse others as DynamoDB does', async () => {
    const { authority, asked } = anAuthority(`dynamodb:PutItem ${ROWS}`);
    await engines.deploy(authority);
    const client = engines.dynamodb(caller(engines));
    await client.send(new PutItemCommand({ TableName: 'rows', Item: { id: { S: 'a' } } }));
    await expect(client.send(new GetItemCommand({ TableName: 'rows', Key: { id: { S: 'a' } } }))).rejects.toMatchObject(
      {
        name: 'AccessDeniedException',
        message: 'no dynamodb:GetItem',
        $metadata: { httpStatusCode: 400 },
      },
    );
    await expect(
      client.send(new QueryCommand({ TableName: 'rows', IndexName: 'by-room', KeyConditionExpression: 'room = :r' })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(
      client.send(
        new BatchWriteItemCommand({ RequestItems: { rows: [{ PutRequest: { Item: { id: { S: 'a' } } } }] } }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(asked).toEqual([
      `dynamodb:PutItem ${ROWS}`,
      `dynamodb:GetItem ${ROWS}`,
      `dynamodb:Query ${ROWS}/index/by-room`,
      `dynamodb:BatchWriteItem ${ROWS}`,
    ]);
  });

  it('ask for each decision once, and again after a deployment', async () => {
    const { authority, asked } = anAuthority(`dynamodb:Scan ${ROWS}`);
    await engines.deploy(authority);
    const client = engines.dynamodb(caller(engines));
    await client.send(new PutItemCommand({ TableName: 'rows', Item: { id: { S: 'a' } } })).catch(() => {});
    await client.send(new ScanCommand({ TableName: 'rows' }));
    await client.send(new ScanCommand({ TableName: 'rows' }));
    expect(asked.filter((question) => question.includes('Scan'))).toHaveLength(1);
    const wider = anAuthority(`dynamodb:Scan ${ROWS}`, `dynamodb:PutItem ${ROWS}`);
    await engines.deploy(wider.authority);
    await client.send(new PutItemCommand({ TableName: 'rows', Item: { id: { S: 'a' } } }));
    expect((await client.send(new ScanCommand({ TableName: 'rows' }))).Count).toBe(1);
  });

  it('refuse a key that the run did not hand out', async () => {
    await expect(engines.dynamodb(unknown).send(new ScanCommand({ TableName: 'rows' }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('delete only the rows whose ttl has passed by the clock', async () => {
    await engines.deploy();
    const client = engines.dynamodb();
    const inSeconds = (seconds: number) => ({ N: String(Math.floor(clock.now() / 1_000) + seconds) });
    for (const [id, ttl] of [
      ['soon', inSeconds(600)],
      ['late', inSeconds(86_400)],
      ['text', { S: 'never' }],
    ] as const) {
      await client.send(new PutItemCommand({ TableName: 'indexed', Item: { id: { S: id }, ttl } }));
    }
    await clock.advance(700_000);
    const ids = async () =>
      (await client.send(new ScanCommand({ TableName: 'indexed' }))).Items?.map(({ id }) => id?.S).sort() ?? [];
    await until(async () => !(await ids()).includes('soon'));
    expect(await ids()).toEqual(['a', 'late', 'text']);
  });
});

describe('the queues', () => {
  it('send, deliver and delete messages with the unmodified SDK', async () => {
    const client = engines.sqs();
    const QueueUrl = engines.url('jobs');
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'jobs' }))).QueueUrl).toBe(QueueUrl);
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    expect(Attributes?.QueueArn).toBe(queueArn('jobs'));
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [{ Id: '1', MessageBody: 'x', MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } } }],
      }),
    );
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        WaitTimeSeconds: 5,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    expect(Messages).toMatchObject([
      { Body: 'x', Attributes: { ApproximateReceiveCount: '1', SenderId: '123456789012' } },
    ]);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
    expect(await engines.engines.queueDepths()).toContainEqual({
      name: 'jobs',
      visible: 0,
      inFlight: 0,
      oldestAgeMs: 0,
    });
  });

  it('allow a function the calls of its role, and refuse others as SQS does', async () => {
    const { authority, asked } = anAuthority(`sqs:SendMessage ${queueArn('jobs')}`);
    await engines.deploy(authority);
    const client = engines.sqs(caller(engines));
    const QueueUrl = engines.url('jobs');
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'x' }] }));
    await expect(client.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      message: 'no sqs:ReceiveMessage',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(
      client.send(new SendMessageCommand({ QueueUrl: engines.url('dead'), MessageBody: 'x' })),
    ).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied/),
    });
    expect(asked).toEqual([
      `sqs:SendMessage ${queueArn('jobs')}`,
      `sqs:ReceiveMessage ${queueArn('jobs')}`,
      `sqs:SendMessage ${queueArn('dead')}`,
    ]);
    await expect(engines.sqs(unknown).send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      name: expect.stringMatching(/^(InvalidClientTokenId|UnrecognizedClientException)$/),
    });
  });

  it('deliver a message again after its visibility timeout by the clock, and move it after too many receives', async () => {
    await engines.deploy();
    await engines.sqs().send(new PurgeQueueCommand({ QueueUrl: engines.url('jobs') }));
    const client = engines.sqs();
    const QueueUrl = engines.url('jobs');
    const receive = (url: string, WaitTimeSeconds = 0) =>
      client.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds, MessageSystemAttributeNames: ['All'] }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 900 }));
    expect((await receive(QueueUrl)).Messages).toBeUndefined();
    await clock.advance(900_000);
    expect((await receive(QueueUrl)).Messages).toHaveLength(1);
    expect((await receive(QueueUrl)).Messages).toBeUndefined();
    const waiting = receive(QueueUrl, 5);
    await clock.advance(3_600_000);
    expect((await waiting).Messages).toMatchObject([{ Attributes: { ApproximateReceiveCount: '2' } }]);
    await clock.advance(3_600_000);
    expect((await receive(QueueUrl)).Messages).toBeUndefined();
    expect((await receive(engines.url('dead'))).Messages).toMatchObject([
      { Body: 'x', Attributes: { DeadLetterQueueSourceArn: queueArn('jobs') } },
    ]);
  });

  it('ask an SDK with the older query protocol for an update, in XML, which it can read', async () => {
    const sent = { Action: 'SendMessage', QueueUrl: engines.url('jobs'), MessageBody: 'old' };
    const answer = await fetch(engines.url('jobs'), { method: 'POST', body: new URLSearchParams(sent) });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'text/xml']);
    expect(await answer.text()).toMatch(
      /^<ErrorResponse .*<Code>UnsupportedProtocol<\/Code><Message>This SDK uses the query protocol of SQS.*Update @aws-sdk\/client-sqs/,
    );
  });

  it('delete a message when its retention period has passed', async () => {
    const visible = async () => (await engines.engines.queueDepths()).find(({ name }) => name === 'short')?.visible;
    await engines.sqs().send(new SendMessageCommand({ QueueUrl: engines.url('short'), MessageBody: 'x' }));
    expect(await visible()).toBe(1);
    await clock.advance(120_000);
    await until(async () => (await visible()) === 0);
  });
});

describe('a deployment', () => {
  it('gives a queue the declared attributes, and the defaults for attributes that are no longer declared', async () => {
    const engines = await startEnginesForTest({
      queues: [{ name: 'jobs', attributes: { RedrivePolicy: redrive, DelaySeconds: '7', VisibilityTimeout: '5' } }],
    });
    await engines.deploy(undefined, [{ name: 'jobs', attributes: { VisibilityTimeout: '9' } }]);
    const client = engines.sqs();
    const QueueUrl = engines.url('jobs');
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({ VisibilityTimeout: '9', DelaySeconds: '0', MessageRetentionPeriod: '345600' });
    expect(Attributes).not.toHaveProperty('RedrivePolicy');
    await engines.stop();
  });
});

describe('an engine whose thread ends with an error', () => {
  it('is named, and stops nothing else', async () => {
    const lines: string[] = [];
    const unreadable = { ...createMovableClock(), offset: new SharedArrayBuffer(3) };
    const started = startEngines({ clock: unreadable, log: (line) => lines.push(line) });
    await expect(started).rejects.toThrow('multiple of 8');
    await until(() => lines.length === 2);
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^DynamoDB has stopped, restart the local run: RangeError: .* multiple of 8/),
      expect.stringMatching(/^SQS has stopped, restart the local run: RangeError: .* multiple of 8/),
    ]);
  });
});

describe('engines with faults', () => {
  it('throttle functions, and deliver messages late and twice', async () => {
    const clock = createMovableClock();
    const engines = await startEnginesForTest({
      clock,
      tables: [aTable()],
      queues: [{ name: 'jobs', attributes: {} }],
      faults: [
        { kind: 'dynamodb:throttle', probability: 1 },
        { kind: 'sqs:duplicate', probability: 1 },
        { kind: 'sqs:delay', probability: 1, delayMs: 600_000, spreadMs: 0 },
      ],
    });
    const scan = new ScanCommand({ TableName: 'rows' });
    await expect(engines.dynamodb(caller(engines)).send(scan)).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(engines.dynamodb().send(scan)).resolves.toMatchObject({ Count: 0 });
    const client = engines.sqs();
    const QueueUrl = engines.url('jobs');
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    expect((await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
    await clock.advance(600_000);
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    expect(Messages.map(({ Body }) => Body)).toEqual(['x', 'x']);
    expect(Messages[0]?.MessageId).toBe(Messages[1]?.MessageId);
    await engines.stop();
  });
});
