import { describe, expect, it } from '@jest/globals';
import { aChat, aFunction } from './an-assembly.ts';
import { problemsOf, QUEUE, read } from './read-for-test.ts';

describe('readEventSources', () => {
  it('reads event sources, through an alias of the function too', () => {
    const { application } = read(
      aChat({
        Resources: {
          Queue: QUEUE,
          Live: {
            Type: 'AWS::Lambda::Alias',
            Properties: { FunctionName: { Ref: 'Echo' }, FunctionVersion: '1', Name: 'live' },
          },
          Source: {
            Type: 'AWS::Lambda::EventSourceMapping',
            Properties: {
              EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              FunctionName: { Ref: 'Live' },
              FunctionResponseTypes: ['ReportBatchItemFailures'],
              ScalingConfig: { MaximumConcurrency: 2 },
            },
          },
        },
      }),
    );
    expect(application.eventSources).toEqual([
      {
        logicalId: 'Source',
        queueArn: 'arn:aws:sqs:us-east-1:123456789012:Chat-Queue',
        functionName: 'Chat-Echo',
        batchSize: 10,
        batchingWindowSeconds: 0,
        reportBatchItemFailures: true,
        maximumConcurrency: 2,
        enabled: true,
      },
    ]);
  });

  it.each([
    [
      'a stream as event source',
      { EventSourceArn: 'arn:aws:dynamodb:us-east-1:123456789012:table/a/stream/b' },
      /only SQS queues are read/,
    ],
    ['a large batch without a window', { BatchSize: 100 }, /AWS refuses its batch size of 100/],
    ['a filter', { FilterCriteria: { Filters: [] } }, /its FilterCriteria is not imitated/],
  ])('names %s', (_, properties, problem) => {
    const Source = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Echo' }, ...properties },
    };
    expect(problemsOf(aChat({ Resources: { Queue: QUEUE, Source } }))).toEqual([expect.stringMatching(problem)]);
  });

  it('names a queue that hands a record out again while its function still works on it', () => {
    const Queue = { ...QUEUE, Properties: { VisibilityTimeout: 29 } };
    const Source = {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Echo' } },
    };
    const problems = (Timeout: number) =>
      problemsOf(aChat({ Resources: { ...aFunction({ Timeout }), Queue, Source } }));
    expect(problems(30)).toEqual([
      "Source: AWS refuses a queue whose visibility timeout (29 s) is less than its function's timeout (30 s)",
    ]);
    expect(problems(29)).toEqual([]);
  });
});
