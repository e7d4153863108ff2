import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj, Request } from '@middy/core';
import { describeError } from '../../aws/describe-error.ts';
import type { QueueBatchContext } from './queue-batch-context.ts';
import type { QueueBatchEvent } from './queue-batch-event.ts';

/**
 * Puts `logger` into the context, the one that is there already or Powertools' (`POWERTOOLS_LOG_LEVEL`,
 * `POWERTOOLS_SERVICE_NAME`), and logs why a batch failed as a whole.
 */
export const logBatches = (): MiddlewareObj<QueueBatchEvent, unknown, Error, QueueBatchContext> => {
  const powertools = new Logger();
  type BatchRequest = Request<QueueBatchEvent, unknown, Error, QueueBatchContext>;
  const logBatchesBefore = ({ context }: BatchRequest): void => {
    context.logger ??= powertools;
    context.logger.appendKeys({ requestId: context.awsRequestId });
  };
  const logBatchesOnError = ({ error, context }: BatchRequest): void => {
    (context.logger ?? powertools).error('The batch failed: all of it comes back', { error: describeError(error) });
  };
  return { before: logBatchesBefore, onError: logBatchesOnError };
};
