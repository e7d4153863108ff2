import { describe, expect, it } from '@jest/globals';
import { dynamoDbPermissions } from '../../../../packages/local/engines/dynamodb/dynamodb-permissions.ts';
import { sqsPermissions } from '../../../../packages/local/engines/sqs/sqs-engine.ts';

const account = { region: 'us-east-1', accountId: '123456789012' };
const ROWS = 'arn:aws:dynamodb:us-east-1:123456789012:table/rows';
const JOBS = 'arn:aws:sqs:us-east-1:123456789012:jobs';
const QueueUrl = 'http://127.0.0.1:4566/123456789012/jobs';

const asText = (permissions: readonly { action: string; resourceArn: string }[]) =>
  permissions.map(({ action, resourceArn }) => `${action} ${resourceArn}`);

describe('the permissions of a DynamoDB request', () => {
  it.each([
    ['PutItem', { TableName: 'rows' }, [`dynamodb:PutItem ${ROWS}`]],
    ['PutItem', { TableName: ROWS }, [`dynamodb:PutItem ${ROWS}`]],
    ['Query', { TableName: 'rows', IndexName: 'by-room' }, [`dynamodb:Query ${ROWS}/index/by-room`]],
    [
      'BatchGetItem',
      { RequestItems: { rows: {}, other: {} } },
      [`dynamodb:BatchGetItem ${ROWS}`, `dynamodb:BatchGetItem ${ROWS.replace('rows', 'other')}`],
    ],
    [
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName: 'rows' } }, { ConditionCheck: { TableName: 'rows' } }] },
      [`dynamodb:PutItem ${ROWS}`, `dynamodb:ConditionCheckItem ${ROWS}`],
    ],
    ['ListTables', {}, ['dynamodb:ListTables *']],
    ['ListTagsOfResource', { ResourceArn: ROWS }, [`dynamodb:ListTagsOfResource ${ROWS}`]],
    ['Nonsense', {}, []],
  ])('%s %j', (operation, body, expected) => {
    expect(asText(dynamoDbPermissions(account, operation, body))).toEqual(expected);
  });
});

it('the resources of a request have the partition of the Region', () => {
  const china = { region: 'cn-north-1', accountId: '123456789012' };
  const [rows] = dynamoDbPermissions(china, 'PutItem', { TableName: 'rows' });
  const [jobs] = sqsPermissions(china, 'SendMessage', { QueueUrl });
  expect(rows?.resourceArn).toBe('arn:aws-cn:dynamodb:cn-north-1:123456789012:table/rows');
  expect(jobs?.resourceArn).toBe('arn:aws-cn:sqs:cn-north-1:123456789012:jobs');
});

describe('the permissions of an SQS request', () => {
  it.each([
    ['SendMessage', { QueueUrl }, [`sqs:SendMessage ${JOBS}`]],
    ['SendMessageBatch', { QueueUrl }, [`sqs:SendMessage ${JOBS}`]],
    ['ChangeMessageVisibilityBatch', { QueueUrl }, [`sqs:ChangeMessageVisibility ${JOBS}`]],
    ['GetQueueUrl', { QueueName: 'jobs' }, [`sqs:GetQueueUrl ${JOBS}`]],
    ['ListQueues', {}, ['sqs:ListQueues arn:aws:sqs:us-east-1:123456789012:*']],
    ['ReceiveMessage', {}, []],
  ])('%s %j', (operation, body, expected) => {
    expect(asText(sqsPermissions(account, operation, body))).toEqual(expected);
  });
});
