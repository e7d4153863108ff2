import { expect, it } from '@jest/globals';
import { aChat } from '../an-assembly.ts';
import { QUEUE, read } from '../read-for-test.ts';

it.each([
  ['the smallest', { BatchSize: 1, MaximumBatchingWindowInSeconds: 0, ScalingConfig: { MaximumConcurrency: 2 } }],
  [
    'the largest',
    { BatchSize: 10_000, MaximumBatchingWindowInSeconds: 300, ScalingConfig: { MaximumConcurrency: 1_000 } },
  ],
])('reads %s batch size, window and concurrency that a standard queue may have', (_, bounds) => {
  const Source = {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Echo' }, ...bounds },
  };
  expect(read(aChat({ Resources: { Queue: QUEUE, Source } })).application.eventSources).toMatchObject([
    {
      batchSize: bounds.BatchSize,
      batchingWindowSeconds: bounds.MaximumBatchingWindowInSeconds,
      maximumConcurrency: bounds.ScalingConfig.MaximumConcurrency,
    },
  ]);
});
