import type { MiddlewareObj, Request } from '@middy/core';
import type { SQSBatchResponse } from 'aws-lambda';
import type { QueueBatchEvent } from './queue-batch-event.ts';

/**
 * Answers SQS with a partial batch failure: the message ids that the handler returned, and those of `event.failed`. A
 * handler that throws fails every record of the batch but not the function, after whose errors SQS would poll less.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const reportFailures = (): MiddlewareObj<QueueBatchEvent> => {
  const reportFailuresAfter = (request: Request<QueueBatchEvent>): void => {
    request.response = batchResponse([...request.event.failed, ...(request.response ?? [])]);
  };
  const reportFailuresOnError = (request: Request<QueueBatchEvent>): void => {
    request.response = batchResponse(request.event.Records.map(({ messageId }) => messageId));
  };
  return { after: reportFailuresAfter, onError: reportFailuresOnError };
};

const batchResponse = (messageIds: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })),
});
