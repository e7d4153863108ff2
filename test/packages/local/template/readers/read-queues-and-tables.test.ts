import { describe, expect, it } from '@jest/globals';
import { aChat } from '../an-assembly.ts';
import { problemsOf, read } from '../read-for-test.ts';

describe('queues and tables', () => {
  it('gives queues the attributes of the SQS API', () => {
    const { application } = read(
      aChat({
        Resources: {
          Dead: {
            Type: 'AWS::SQS::Queue',
            Properties: { FifoQueue: true, QueueName: 'dead.fifo', KmsMasterKeyId: 'alias/aws/sqs' },
          },
          Queue: {
            Type: 'AWS::SQS::Queue',
            Properties: {
              FifoQueue: true,
              VisibilityTimeout: 180,
              RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
            },
          },
        },
      }),
    );
    expect(application.queues).toEqual([
      expect.objectContaining({ queueName: 'dead.fifo', attributes: { FifoQueue: 'true' } }),
      expect.objectContaining({
        queueName: 'Chat-Queue.fifo',
        attributes: {
          FifoQueue: 'true',
          VisibilityTimeout: '180',
          RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead.fifo","maxReceiveCount":5}',
        },
      }),
    ]);
  });

  const BOUNDS: readonly (readonly [string, number, number])[] = [
    ['DelaySeconds', 0, 900],
    ['MaximumMessageSize', 1_024, 1_048_576],
    ['MessageRetentionPeriod', 60, 1_209_600],
    ['ReceiveMessageWaitTimeSeconds', 0, 20],
    ['VisibilityTimeout', 0, 43_200],
  ];
  it.each(BOUNDS)('takes %s from %i to %i', (property, least, most) => {
    const problems = (value: number) =>
      problemsOf(aChat({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { [property]: value } } } }));
    expect([...problems(least), ...problems(most)]).toEqual([]);
    expect([...problems(least - 1), ...problems(most + 1)]).toEqual([
      `Queue: AWS refuses its ${property} of ${least - 1}`,
      `Queue: AWS refuses its ${property} of ${most + 1}`,
    ]);
  });

  const leadingTo = (deadLetterTargetArn: unknown) => ({ RedrivePolicy: { deadLetterTargetArn, maxReceiveCount: 5 } });
  it.each([
    ['a FIFO queue without .fifo', { FifoQueue: true, QueueName: 'orders' }, 'Queue: AWS refuses its QueueName orders'],
    ['a standard queue with .fifo', { QueueName: 'orders.fifo' }, 'Queue: AWS refuses its QueueName orders.fifo'],
    [
      'a dead-letter queue that does not exist',
      leadingTo('arn:aws:sqs:us-east-1:123456789012:dead'),
      'Queue: its RedrivePolicy refers to arn:aws:sqs:us-east-1:123456789012:dead, which is not in the application',
    ],
    [
      'a dead-letter queue of the other kind',
      leadingTo({ 'Fn::GetAtt': ['Ordered', 'Arn'] }),
      "Queue: AWS refuses its RedrivePolicy: a FIFO queue and a standard queue cannot be each other's dead-letter queue",
    ],
    [
      'a standard queue that deduplicates',
      { ContentBasedDeduplication: true },
      'Queue: AWS refuses its ContentBasedDeduplication on a standard queue',
    ],
    [
      'an unknown scope',
      { FifoQueue: true, DeduplicationScope: 'group' },
      'Queue: AWS refuses its DeduplicationScope of group',
    ],
    [
      'throughput by group without deduplication by group',
      { FifoQueue: true, FifoThroughputLimit: 'perMessageGroupId' },
      'Queue: AWS refuses its FifoThroughputLimit of perMessageGroupId without a DeduplicationScope of messageGroup',
    ],
    [
      'a redrive policy with a maxReceiveCount of 0',
      { RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Standard', 'Arn'] }, maxReceiveCount: 0 } },
      'Queue: AWS refuses its RedrivePolicy: its maxReceiveCount is 0',
    ],
  ])('names %s', (_, Properties, problem) => {
    const Ordered = { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, QueueName: 'ordered.fifo' } };
    const Standard = { Type: 'AWS::SQS::Queue' };
    const Queue = { Type: 'AWS::SQS::Queue', Properties };
    expect(problemsOf(aChat({ Resources: { Ordered, Standard, Queue } }))).toEqual([problem]);
  });

  it('takes a FIFO queue with high throughput', () => {
    const Properties = {
      ...{ FifoQueue: true, ContentBasedDeduplication: true },
      ...{ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' },
    };
    const { application } = read(aChat({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties } } }));
    expect(application.queues[0]?.attributes).toEqual({
      ...{ FifoQueue: 'true', ContentBasedDeduplication: 'true' },
      ...{ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' },
    });
  });

  it.each(['ab', 'a'.repeat(256), 'rows!'])('refuses a table with the name %s', (TableName) => {
    const Rows = { Type: 'AWS::DynamoDB::Table', Properties: { TableName } };
    expect(problemsOf(aChat({ Resources: { Rows } }))).toEqual([`Rows: AWS refuses its name ${TableName}`]);
  });

  it('defines tables and global tables as CreateTable takes them', () => {
    const keys = {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    };
    const index = { IndexName: 'byRoom', KeySchema: keys.KeySchema, Projection: { ProjectionType: 'ALL' } };
    const { application } = read(
      aChat({
        Resources: {
          Rows: {
            Type: 'AWS::DynamoDB::GlobalTable',
            Properties: {
              ...keys,
              GlobalSecondaryIndexes: [{ ...index, WriteProvisionedThroughputSettings: {} }],
              TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
              StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
              Replicas: [{ Region: { Ref: 'AWS::Region' } }],
            },
          },
        },
      }),
    );
    expect(application.tables).toEqual([
      {
        logicalId: 'Rows',
        tableName: 'Chat-Rows',
        arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/Chat-Rows',
        ttlAttribute: 'ttl',
        definition: {
          TableName: 'Chat-Rows',
          BillingMode: 'PAY_PER_REQUEST',
          ...keys,
          GlobalSecondaryIndexes: [index],
        },
      },
    ]);
  });
});
