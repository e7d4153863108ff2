import type { EventSource, LambdaFunction, Queue } from '../../model/application.ts';
import { checkBounds, type Resource, refuseProperties } from '../assembly/open-resource.ts';
import { invokedFunctionArn } from './check-permission.ts';

export interface ReadEventSourcesOptions {
  resources: readonly Resource[];
  queues: readonly Queue[];
  functions: readonly LambdaFunction[];
  /** The function with this name or ARN; `undefined` if the application has no such function. */
  functionNameOf(arn: string): string | undefined;
}

/** Properties of a mapping that are refused: a function would get other records than on AWS. */
const NOT_IMITATED = ['FilterCriteria', 'ProvisionedPollerConfig', 'DestinationConfig'] as const;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const BOUNDS = {
  BatchSize: [1, 10_000],
  MaximumBatchingWindowInSeconds: [0, 300],
  'ScalingConfig.MaximumConcurrency': [2, 1_000],
} as const;
const FIFO_BOUNDS = { ...BOUNDS, BatchSize: [1, 10], MaximumBatchingWindowInSeconds: [0, 0] } as const;
const DEFAULT_BATCH_SIZE = 10;
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html */
const DEFAULT_VISIBILITY_SECONDS = 30;

/** The event source mappings of an application: SQS queues that invoke functions. */
export const readEventSources = (options: ReadEventSourcesOptions): readonly EventSource[] =>
  options.resources
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
    .flatMap((resource) => readEventSource(resource, options) ?? []);

const readEventSource = (
  resource: Resource,
  { queues, functions, functionNameOf }: ReadEventSourcesOptions,
): EventSource | undefined => {
  const queueArn = resource.text('EventSourceArn') ?? '';
  const queue = queues.find(({ arn }) => arn === queueArn);
  if (!queue) {
    const isQueue = queueArn.split(':')[2] === 'sqs';
    resource.problem(
      isQueue
        ? `its queue ${queueArn} is not in the application`
        : `it reads ${queueArn}, but the local run supports only SQS queues`,
      isQueue ? 'Declare the queue in the same application' : `Run without it: --ignore ${resource.logicalId}`,
    );
    return undefined;
  }
  const named = resource.text('FunctionName') ?? '';
  const functionName = functionNameOf(invokedFunctionArn(named) ?? named);
  if (functionName === undefined) {
    resource.problem(
      'it invokes a function that is not in the application',
      'Declare the function in the same application',
    );
    return undefined;
  }
  const timeoutSeconds = (functions.find((lambda) => lambda.functionName === functionName)?.timeoutMs ?? 0) / 1_000;
  const visibilitySeconds = Number(queue.attributes.VisibilityTimeout ?? DEFAULT_VISIBILITY_SECONDS);
  if (visibilitySeconds < timeoutSeconds) {
    resource.problem(
      `AWS refuses a queue whose visibility timeout (${visibilitySeconds} s) is less than its function's timeout (${timeoutSeconds} s)`,
      "Raise the queue's visibility timeout: AWS recommends six times the function's timeout",
    );
  }
  refuseProperties(resource, NOT_IMITATED, `Do without it, or run without the mapping: --ignore ${resource.logicalId}`);
  const isFifo = queue.attributes.FifoQueue === 'true';
  checkBounds(resource, isFifo ? FIFO_BOUNDS : BOUNDS, isFifo ? ' for a FIFO queue' : '');
  const { MaximumConcurrency: maximumConcurrency } = resource.record('ScalingConfig');
  const batchSize = resource.number('BatchSize') ?? DEFAULT_BATCH_SIZE;
  const batchingWindowSeconds = resource.number('MaximumBatchingWindowInSeconds') ?? 0;
  if (!isFifo && batchSize > 10 && batchingWindowSeconds < 1) {
    resource.problem(
      `AWS refuses its batch size of ${batchSize} without a batching window of at least 1 second`,
      'Set MaximumBatchingWindowInSeconds, or a batch size of at most 10',
    );
  }
  return {
    logicalId: resource.logicalId,
    queueArn,
    functionName,
    batchSize,
    batchingWindowSeconds,
    reportBatchItemFailures: resource.list('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    ...(maximumConcurrency !== undefined && { maximumConcurrency: Number(maximumConcurrency) }),
    enabled: resource.flag('Enabled') ?? true,
  };
};
