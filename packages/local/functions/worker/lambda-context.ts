import type { InstanceData, InstanceEvent } from './protocol.ts';

/**
 * The context object of one event, field by field as Lambda's.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export const lambdaContext = (data: InstanceData, { requestId }: InstanceEvent) => {
  const endsAt = performance.now() + data.timeoutMs;
  return {
    functionVersion: '$LATEST',
    functionName: data.functionName,
    memoryLimitInMB: String(data.memoryMb),
    logGroupName: data.logGroupName,
    logStreamName: data.logStreamName,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: data.arn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.max(0, Math.ceil(endsAt - performance.now())),
  };
};
