import { describe, expect, it } from '@jest/globals';
import { aChat } from './an-assembly.ts';
import { read } from './read-for-test.ts';

describe('queues and tables', () => {
  it('gives queues the attributes of the SQS API', () => {
    const { application } = read(
      aChat({
        Resources: {
          Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead', KmsMasterKeyId: 'alias/aws/sqs' } },
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
      expect.objectContaining({ queueName: 'dead', attributes: {} }),
      expect.objectContaining({
        queueName: 'Chat-Queue.fifo',
        attributes: {
          FifoQueue: 'true',
          VisibilityTimeout: '180',
          RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead","maxReceiveCount":5}',
        },
      }),
    ]);
  });

  it('defines tables as CreateTable takes them, global ones too', () => {
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
