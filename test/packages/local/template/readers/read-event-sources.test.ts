import { describe, expect, it } from '@jest/globals';
import { aChat, aFunction } from '../an-assembly.ts';
import { problemsOf, QUEUE, read } from '../read-for-test.ts';

const source = (properties: Readonly<Record<string, unknown>> = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Echo' }, ...properties },
});

describe('readEventSources', () => {
  it('reads event sources, also for an alias of a function', () => {
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
      /the local run supports only SQS queues/,
    ],
    ['a large batch without a window', { BatchSize: 100 }, /AWS refuses its batch size of 100/],
    ['an empty batch', { BatchSize: 0 }, /AWS refuses its BatchSize of 0$/],
    [
      'a batch beyond what Lambda takes',
      { BatchSize: 10_001, MaximumBatchingWindowInSeconds: 1 },
      /AWS refuses its BatchSize of 10001$/,
    ],
    [
      'a window of more than five minutes',
      { MaximumBatchingWindowInSeconds: 301 },
      /AWS refuses its MaximumBatchingWindowInSeconds of 301$/,
    ],
    ...[1, 1_001, 'many'].map((MaximumConcurrency): [string, Record<string, unknown>, RegExp] => [
      `a maximum concurrency of ${MaximumConcurrency}`,
      { ScalingConfig: { MaximumConcurrency } },
      /AWS refuses its ScalingConfig\.MaximumConcurrency of (1|1001|many)$/,
    ]),
    ['a filter', { FilterCriteria: { Filters: [] } }, /its FilterCriteria is not supported here/],
  ])('names %s', (_, properties, problem) => {
    expect(problemsOf(aChat({ Resources: { Queue: QUEUE, Source: source(properties) } }))).toEqual([
      expect.stringMatching(problem),
    ]);
  });

  it.each([
    [{ BatchSize: 11 }, 'BatchSize of 11'],
    [{ MaximumBatchingWindowInSeconds: 1 }, 'MaximumBatchingWindowInSeconds of 1'],
  ])('refuses a value that FIFO queues do not support: %j', (properties, refused) => {
    const Queue = { ...QUEUE, Properties: { FifoQueue: true } };
    expect(problemsOf(aChat({ Resources: { Queue, Source: source(properties) } }))).toEqual([
      `Source: AWS refuses its ${refused} for a FIFO queue`,
    ]);
  });

  it('takes the largest batch, window and concurrency of a standard queue', () => {
    const largest = {
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 300,
      ScalingConfig: { MaximumConcurrency: 1_000 },
    };
    expect(problemsOf(aChat({ Resources: { Queue: QUEUE, Source: source(largest) } }))).toEqual([]);
  });

  it.each([
    [false, false],
    ['false', false],
    [true, true],
    [undefined, true],
  ])('reads Enabled %j as %j', (Enabled, enabled) => {
    const { application } = read(aChat({ Resources: { Queue: QUEUE, Source: source({ Enabled }) } }));
    expect(application.eventSources).toMatchObject([{ enabled }]);
  });

  it('refuses a queue whose visibility timeout is shorter than the timeout of its function', () => {
    const Queue = { ...QUEUE, Properties: { VisibilityTimeout: 29 } };
    const problems = (Timeout: number) =>
      problemsOf(aChat({ Resources: { ...aFunction({ Timeout }), Queue, Source: source() } }));
    expect(problems(30)).toEqual([
      "Source: AWS refuses a queue whose visibility timeout (29 s) is less than its function's timeout (30 s)",
    ]);
    expect(problems(29)).toEqual([]);
  });
});
