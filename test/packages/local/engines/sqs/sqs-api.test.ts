import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSqs, type TestSqs } from '../../../../support/start-sqs.ts';
import { until } from '../../../../support/until.ts';

let sqs: TestSqs;
let client: SQSClient;
let queues = 0;
beforeAll(async () => {
  sqs = await startSqs();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SQSClient({ region: 'us-east-1', endpoint: sqs.endpoint, credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await sqs.stop();
  expect(sqs.failures).toEqual([]);
});

const aQueue = (attributes: Record<string, string> = {}) => {
  const name = `queue-${++queues}${attributes.FifoQueue ? '.fifo' : ''}`;
  return { name, QueueUrl: sqs.createQueue(name, attributes) };
};
const FIFO = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
const ALL = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };

/** A request as an SDK sends it. */
const post = async (operation: string, body: unknown) => {
  const response = await fetch(sqs.endpoint, {
    method: 'POST',
    headers: {
      'x-amz-target': `AmazonSQS.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20270101/us-east-1/sqs/aws4_request, Signature=0',
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, query: response.headers.get('x-amzn-query-error'), body: await response.json() };
};

describe('a message', () => {
  it('arrives with its attributes, and with the digests that the SDK and AWS compute', async () => {
    const { QueueUrl } = aQueue();
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'héllo 😀' },
      count: { DataType: 'Number.int', StringValue: '-1.5e3' },
      bytes: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
    };
    const AWSTraceHeader = { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' };
    const sent = await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'x',
        MessageAttributes,
        MessageSystemAttributes: { AWSTraceHeader },
      }),
    );
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...ALL }));
    expect(Messages).toMatchObject([
      {
        MessageId: sent.MessageId,
        MD5OfBody: '9dd4e461268c8034f5c8564e155c67a6',
        MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
        MessageAttributes: {
          ...MessageAttributes,
          bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
        },
        Attributes: { AWSTraceHeader: AWSTraceHeader.StringValue, SenderId: '123456789012' },
      },
    ]);
    expect(sent.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
  });

  it('has the same digest of attributes as another implementation computed', async () => {
    const { QueueUrl } = aQueue();
    const MessageAttributes = { timestamp: { DataType: 'Number', StringValue: '1493147359900' } };
    const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes }));
    expect(sent.MD5OfMessageAttributes).toBe('235c5c510d26fb653d073faed50ae77c');
  });

  it('shows only the requested attributes, and their digest', async () => {
    const { QueueUrl } = aQueue();
    const value = { DataType: 'String', StringValue: 'x' };
    const MessageAttributes = { 'a.1': value, 'a.2': value, b: value };
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes }));
    const seen = async (...names: string[]) => {
      const { Messages } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: names, VisibilityTimeout: 0 }),
      );
      return [Object.keys(Messages?.[0]?.MessageAttributes ?? {}), Messages?.[0]?.MD5OfMessageAttributes];
    };
    expect(await seen()).toEqual([[], undefined]);
    expect((await seen('a.*'))[0]).toEqual(['a.1', 'a.2']);
    expect((await seen('.*'))[0]).toEqual(['a.1', 'a.2', 'b']);
    expect((await seen('b'))[1]).not.toBe((await seen('All'))[1]);
  });

  it('comes from a FIFO queue with its group, its deduplication id and its sequence number', async () => {
    const { QueueUrl } = aQueue(FIFO);
    const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g' }));
    const again = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g' }));
    expect(again.MessageId).toBe(sent.MessageId);
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...ALL }));
    expect(Messages?.map(({ Attributes }) => Attributes)).toEqual([
      expect.objectContaining({
        MessageGroupId: 'g',
        MessageDeduplicationId: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
        SequenceNumber: sent.SequenceNumber,
      }),
    ]);
  });
});

describe('a request that SQS refuses', () => {
  const refusals: [string, string, Record<string, string>, Record<string, unknown>, string, RegExp][] = [
    [
      'a queue that does not exist',
      'SendMessage',
      {},
      { QueueUrl: 'http://x/123456789012/none' },
      'AWS.SimpleQueueService.NonExistentQueue',
      /^The specified queue does not exist/,
    ],
    [
      'a queue of another account',
      'SendMessage',
      {},
      { QueueUrl: 'http://x/1/none' },
      'AWS.SimpleQueueService.NonExistentQueue',
      /does not exist/,
    ],
    ['no body', 'SendMessage', {}, {}, 'MissingParameter', /MessageBody/],
    ['an empty body', 'SendMessage', {}, { MessageBody: '' }, 'MissingParameter', /MessageBody/],
    ['a body that is a number', 'SendMessage', {}, { MessageBody: 7 }, 'MalformedInput', /MessageBody to be a string/],
    ['a body with U+FFFE', 'SendMessage', {}, { MessageBody: 'x\ufffe' }, 'InvalidMessageContents', /#xFFFE/],
    ['a body with U+FFFF', 'SendMessage', {}, { MessageBody: '\uffff' }, 'InvalidMessageContents', /#xFFFF/],
    ['a body with a control character', 'SendMessage', {}, { MessageBody: '\u000b' }, 'InvalidMessageContents', /#xB'/],
    ['a body with half a pair', 'SendMessage', {}, { MessageBody: '\ud83d!' }, 'InvalidMessageContents', /#xD83D/],
    [
      'a body that is too long',
      'SendMessage',
      { MaximumMessageSize: '1024' },
      { MessageBody: 'é'.repeat(513) },
      'InvalidParameterValue',
      /shorter than 1024 bytes/,
    ],
    [
      'a delay that is too long',
      'SendMessage',
      {},
      { MessageBody: 'x', DelaySeconds: 901 },
      'InvalidParameterValue',
      /Value 901 for parameter DelaySeconds/,
    ],
    [
      'a deduplication id on a standard queue',
      'SendMessage',
      {},
      { MessageBody: 'x', MessageDeduplicationId: 'x' },
      'InvalidParameterValue',
      /not valid for this queue type/,
    ],
    ['a FIFO message without a group', 'SendMessage', FIFO, { MessageBody: 'x' }, 'MissingParameter', /MessageGroupId/],
    [
      'a group with a space',
      'SendMessage',
      FIFO,
      { MessageBody: 'x', MessageGroupId: 'a b' },
      'InvalidParameterValue',
      /Value a b for parameter MessageGroupId/,
    ],
    [
      'a FIFO message with a delay',
      'SendMessage',
      FIFO,
      { MessageBody: 'x', MessageGroupId: 'g', DelaySeconds: 1 },
      'InvalidParameterValue',
      /not valid for this queue type/,
    ],
    [
      'a FIFO message without a deduplication id',
      'SendMessage',
      { FifoQueue: 'true' },
      { MessageBody: 'x', MessageGroupId: 'g' },
      'InvalidParameterValue',
      /ContentBasedDeduplication/,
    ],
    [
      'an attribute without a value',
      'SendMessage',
      {},
      { MessageBody: 'x', MessageAttributes: { a: { DataType: 'String' } } },
      'InvalidParameterValue',
      /'a' must contain a non-empty value/,
    ],
    [
      'an attribute of an unknown type',
      'SendMessage',
      {},
      { MessageBody: 'x', MessageAttributes: { a: { DataType: 'Text' } } },
      'InvalidParameterValue',
      /type 'Text'/,
    ],
    [
      'an attribute with a reserved name',
      'SendMessage',
      {},
      { MessageBody: 'x', MessageAttributes: { 'AWS.a': { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
      /'AWS.a' has an invalid name/,
    ],
    [
      'an attribute that is null',
      'SendMessage',
      {},
      { MessageBody: 'x', MessageAttributes: { a: null } },
      'MalformedInput',
      /structure/,
    ],
    [
      'an attribute of type Number that is not a number',
      'SendMessage',
      {},
      { MessageBody: 'x', MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } },
      'InvalidParameterValue',
      /must contain a number/,
    ],
    [
      'an unknown system attribute',
      'SendMessage',
      {},
      { MessageBody: 'x', MessageSystemAttributes: { Trace: { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
      /'Trace'/,
    ],
    [
      'eleven attributes',
      'SendMessage',
      {},
      {
        MessageBody: 'x',
        MessageAttributes: Object.fromEntries(
          Array.from({ length: 11 }, (_, at) => [`a${at}`, { DataType: 'String', StringValue: 'x' }]),
        ),
      },
      'InvalidParameterValue',
      /\[11\]/,
    ],
    [
      'a receive of eleven messages',
      'ReceiveMessage',
      {},
      { MaxNumberOfMessages: 11 },
      'InvalidParameterValue',
      /Value 11 for parameter MaxNumberOfMessages/,
    ],
    [
      'a wait that is too long',
      'ReceiveMessage',
      {},
      { WaitTimeSeconds: 21 },
      'InvalidParameterValue',
      /WaitTimeSeconds/,
    ],
    ['half a second', 'ReceiveMessage', {}, { WaitTimeSeconds: 0.5 }, 'MalformedInput', /integer/],
    [
      'a visibility that is too long',
      'ReceiveMessage',
      {},
      { VisibilityTimeout: 43_201 },
      'InvalidParameterValue',
      /VisibilityTimeout/,
    ],
    [
      'a receipt handle that SQS never gave',
      'DeleteMessage',
      {},
      { ReceiptHandle: 'x' },
      'ReceiptHandleIsInvalid',
      /receipt handle is invalid/,
    ],
    ['no receipt handle', 'DeleteMessage', {}, {}, 'MissingParameter', /ReceiptHandle/],
    [
      'an empty batch',
      'SendMessageBatch',
      {},
      { Entries: [] },
      'AWS.SimpleQueueService.EmptyBatchRequest',
      /at least one/,
    ],
    ['a batch that is not a list', 'SendMessageBatch', {}, { Entries: 'x' }, 'MalformedInput', /list/],
    [
      'an unknown attribute of a queue',
      'GetQueueAttributes',
      {},
      { AttributeNames: ['Colour'] },
      'InvalidAttributeName',
      /Unknown Attribute Colour/,
    ],
    [
      'an attribute that cannot be set',
      'SetQueueAttributes',
      {},
      { Attributes: { QueueArn: 'x' } },
      'InvalidAttributeName',
      /QueueArn/,
    ],
    [
      'an attribute beyond its bounds',
      'SetQueueAttributes',
      {},
      { Attributes: { VisibilityTimeout: '43201' } },
      'InvalidAttributeValue',
      /VisibilityTimeout/,
    ],
    [
      'an attribute that is not a number',
      'SetQueueAttributes',
      {},
      { Attributes: { VisibilityTimeout: '1e3' } },
      'InvalidAttributeValue',
      /VisibilityTimeout/,
    ],
    [
      'a standard queue that becomes a FIFO queue',
      'SetQueueAttributes',
      {},
      { Attributes: { FifoQueue: 'true' } },
      'InvalidAttributeValue',
      /FifoQueue/,
    ],
    [
      'a scope on a standard queue',
      'SetQueueAttributes',
      {},
      { Attributes: { DeduplicationScope: 'queue' } },
      'InvalidAttributeName',
      /DeduplicationScope/,
    ],
    [
      'throughput by group without deduplication by group',
      'SetQueueAttributes',
      FIFO,
      { Attributes: { FifoThroughputLimit: 'perMessageGroupId' } },
      'InvalidAttributeValue',
      /FifoThroughputLimit/,
    ],
    [
      'a redrive policy that is not JSON',
      'SetQueueAttributes',
      {},
      { Attributes: { RedrivePolicy: '{' } },
      'InvalidParameterValue',
      /RedrivePolicy/,
    ],
    [
      'a dead-letter queue that does not exist',
      'SetQueueAttributes',
      {},
      { Attributes: { RedrivePolicy: '{"deadLetterTargetArn":"x","maxReceiveCount":1}' } },
      'InvalidParameterValue',
      /does not exist/,
    ],
    [
      'an operation that is not supported',
      'StartMessageMoveTask',
      {},
      {},
      'InvalidAction',
      /no SQS operation StartMessageMoveTask/,
    ],
  ];
  it.each(refusals)('gets the error of SQS: %s', async (_, operation, attributes, fields, query, message) => {
    const { QueueUrl } = aQueue(attributes);
    const answer = await post(operation, { QueueUrl, ...fields });
    expect(answer).toMatchObject({
      status: 400,
      query: `${query};Sender`,
      body: { message: expect.stringMatching(message) },
    });
    expect(answer.body.__type).toMatch(/^com\.amazon(aws\.sqs|\.coral\.service)#\w+$/);
  });

  it('becomes the error class of the SDK', async () => {
    const send = client.send(new SendMessageCommand({ QueueUrl: sqs.urlOf('none'), MessageBody: 'x' }));
    await expect(send).rejects.toMatchObject({ name: 'QueueDoesNotExist', $metadata: { httpStatusCode: 400 } });
  });
});

describe('a batch', () => {
  const entries = (...bodies: string[]) => bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody }));

  it('sends the valid messages and names the others', async () => {
    const { QueueUrl, name } = aQueue();
    const sent = await client.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: entries('good', 'b\u0000d', 'fine') }),
    );
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['0', '2']);
    expect(sent.Failed).toMatchObject([{ Id: '1', SenderFault: true, Code: 'InvalidMessageContents' }]);
    expect(sqs.inside(name).visible).toEqual(['good', 'fine']);
  });

  it.each([
    ['eleven entries', entries(...'abcdefghijk'), 'TooManyEntriesInBatchRequest'],
    ['an id twice', [...entries('a'), ...entries('b')], 'BatchEntryIdsNotDistinct'],
    ['an id with a space', [{ Id: 'a b', MessageBody: 'x' }], 'InvalidBatchEntryId'],
    ['more than 1 MiB in all', entries('x'.repeat(600_000), 'x'.repeat(448_577)), 'BatchRequestTooLong'],
    [
      'more than 1 MiB of attributes',
      [
        {
          Id: '0',
          MessageBody: 'x',
          MessageAttributes: { a: { DataType: 'Binary', BinaryValue: Buffer.alloc(1_048_576) } },
        },
      ],
      'BatchRequestTooLong',
    ],
  ] as [string, SendMessageBatchRequestEntry[], string][])(
    'is refused as a whole with %s',
    async (_, Entries, name) => {
      const queue = aQueue();
      const send = client.send(new SendMessageBatchCommand({ QueueUrl: queue.QueueUrl, Entries }));
      await expect(send).rejects.toMatchObject({ name });
      expect(sqs.inside(queue.name).visible).toEqual([]);
    },
  );

  it('deletes and changes each message separately', async () => {
    const { QueueUrl, name } = aQueue();
    for (const body of ['1', '2']) sqs.send(name, body);
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    const [first, second] = Messages.map(({ ReceiptHandle }) => ReceiptHandle);
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', ReceiptHandle: first },
          { Id: 'b', ReceiptHandle: 'x' },
        ],
      }),
    );
    expect([deleted.Successful, deleted.Failed]).toMatchObject([
      [{ Id: 'a' }],
      [{ Id: 'b', Code: 'ReceiptHandleIsInvalid' }],
    ]);
    const changed = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', ReceiptHandle: first, VisibilityTimeout: 0 },
          { Id: 'b', ReceiptHandle: second, VisibilityTimeout: 0 },
        ],
      }),
    );
    expect([changed.Successful, changed.Failed]).toMatchObject([
      [{ Id: 'b' }],
      [{ Id: 'a', Code: 'MessageNotInflight' }],
    ]);
    expect(sqs.inside(name)).toEqual({ visible: ['2'], delayed: [], inFlight: [] });
  });
});

describe('a receive that waits', () => {
  it('is answered as soon as a message comes', async () => {
    const { QueueUrl, name } = aQueue();
    const waiting = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    await until(() => sqs.waiting(name) === 1);
    sqs.send(name, 'x');
    expect((await waiting).Messages).toMatchObject([{ Body: 'x' }]);
  });

  it('waits if its queue says so', async () => {
    const { QueueUrl, name } = aQueue({ ReceiveMessageWaitTimeSeconds: '20' });
    const waiting = client.send(new ReceiveMessageCommand({ QueueUrl }));
    await until(() => sqs.waiting(name) === 1);
    sqs.send(name, 'x');
    expect((await waiting).Messages).toMatchObject([{ Body: 'x' }]);
  });

  it('is answered when a message becomes visible by time', async () => {
    const { QueueUrl, name } = aQueue({ VisibilityTimeout: '1' });
    sqs.send(name, 'x');
    await client.send(new ReceiveMessageCommand({ QueueUrl }));
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
    expect(Messages).toMatchObject([{ Body: 'x' }]);
  });

  it('is empty after its wait', async () => {
    const { QueueUrl } = aQueue();
    const waited = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(waited.Messages).toBeUndefined();
  });

  it('ends when its caller disconnects, and takes no message', async () => {
    const { QueueUrl, name } = aQueue();
    const gone = new AbortController();
    const left = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: gone.signal,
    });
    await until(() => sqs.waiting(name) === 1);
    gone.abort();
    await expect(left).rejects.toThrow();
    await until(() => sqs.waiting(name) === 0);
    sqs.send(name, 'x');
    expect(sqs.inside(name).visible).toEqual(['x']);
  });
});

describe('a queue', () => {
  it('is created once for the same attributes, and refused for others', async () => {
    const create = (Attributes: Record<string, string>) =>
      client.send(new CreateQueueCommand({ QueueName: 'made', Attributes, tags: { team: 'chat' } }));
    const { QueueUrl } = await create({ VisibilityTimeout: '5' });
    expect((await create({ VisibilityTimeout: '5' })).QueueUrl).toBe(QueueUrl);
    await expect(create({ VisibilityTimeout: '6' })).rejects.toMatchObject({ name: expect.stringMatching(/^Queue/) });
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'made' }))).QueueUrl).toBe(QueueUrl);
    expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'mad' }))).QueueUrls).toEqual([QueueUrl]);
    await client.send(new TagQueueCommand({ QueueUrl, Tags: { stage: 'dev' } }));
    await client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['team'] }));
    expect((await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ stage: 'dev' });
    await client.send(new DeleteQueueCommand({ QueueUrl }));
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'made' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });

  it.each([
    ['a FIFO queue without .fifo', 'orders', { FifoQueue: 'true' }],
    ['a standard queue with .fifo', 'orders.fifo', {}],
  ])('is refused for its name: %s', async (_, QueueName, Attributes) => {
    const create = client.send(new CreateQueueCommand({ QueueName, Attributes }));
    await expect(create).rejects.toThrow(/alphanumeric characters, hyphens, or underscores/);
  });

  it('has its declared attributes, the defaults of SQS, and the message counts', async () => {
    const { QueueUrl, name } = aQueue({ ...FIFO, DelaySeconds: '7' });
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toEqual({
      ...{ FifoQueue: 'true', ContentBasedDeduplication: 'true', DelaySeconds: '7', VisibilityTimeout: '30' },
      ...{ DeduplicationScope: 'queue', FifoThroughputLimit: 'perQueue', MaximumMessageSize: '1048576' },
      ...{ MessageRetentionPeriod: '345600', ReceiveMessageWaitTimeSeconds: '0', SqsManagedSseEnabled: 'true' },
      ...{ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesDelayed: '0' },
      ...{ ApproximateNumberOfMessagesNotVisible: '0', QueueArn: sqs.arnOf(name) },
      CreatedTimestamp: expect.stringMatching(/^\d{10}$/),
      LastModifiedTimestamp: expect.stringMatching(/^\d{10}$/),
    });
  });

  it('accepts a redrive policy, and an empty value removes it', async () => {
    const [{ QueueUrl }, dead] = [aQueue(), aQueue()];
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: sqs.arnOf(dead.name), maxReceiveCount: '3' });
    const policy = async () =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }))).Attributes;
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
    expect(await policy()).toEqual({ RedrivePolicy });
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy: '' } }));
    expect(await policy()).toEqual({});
  });
});

it('refuses a receipt handle that has expired on a FIFO queue', async () => {
  const { QueueUrl } = aQueue(FIFO);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g' }));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
  const ReceiptHandle = Messages?.[0]?.ReceiptHandle;
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  await expect(client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))).rejects.toThrow(
    'Reason: The receipt handle has expired.',
  );
});
