import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { describeError } from '../../aws/describe-error.ts';
import { PROVIDE_SERVICES_RULES, type ProvideServicesOptions, provideServices } from '../provide-services.ts';
import { checkOptions, SERVICE } from '../support/check-options.ts';
import type { AnyMiddleware, MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { QueueBatchContext, QueueBatchEvent } from './batch-event.ts';
import { parseBroadcasts } from './parse-broadcasts.ts';

export interface QueueBatchOptions {
  /** Writes the log, unless the context already has a logger. Default: a Powertools logger. */
  logger?: Logger;
  /** The options of `provideServices`. */
  services?: ProvideServicesOptions;
}

/**
 * Creates a Middy instance with all middlewares for batches of the broadcast queue.
 *
 * ```ts
 * import { queueBatch } from 'middy-fanout';
 *
 * export const handler = queueBatch().handler(async ({ broadcasts }, { logger }) => {
 *   for (const { broadcast } of broadcasts) logger.info('Received', { broadcastId: broadcast.id });
 *   return []; // the ids of messages that SQS must deliver again
 * });
 * ```
 * Records that cannot be read are dead-lettered before the handler runs. If the handler throws, the whole batch fails.
 * @throws {TypeError} at set-up if an option does not exist or is invalid.
 */
export const queueBatch = (options: QueueBatchOptions = {}): QueueBatch => {
  checkOptions(
    'queueBatch',
    { logger: SERVICE, services: { type: 'object', properties: PROVIDE_SERVICES_RULES, additionalProperties: false } },
    options,
  );
  return middy()
    .use(reportFailures())
    .use(provideServices(options.services) as AnyMiddleware)
    .use(logBatches(options.logger) as AnyMiddleware)
    .use(parseBroadcasts() as AnyMiddleware) as unknown as QueueBatch;
};

/** The Middy instance of `queueBatch`, typed so that a middleware cannot change the type of the event. */
export interface QueueBatch {
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse>;
  /** @param handler Resolves to the ids of the messages that SQS must deliver again. */
  handler(handler: (event: QueueBatchEvent, context: QueueBatchContext) => Promise<readonly string[]>): QueueBatch;
  use(middleware: AnyMiddleware): QueueBatch;
}

/**
 * Answers SQS with a partial batch failure: the message ids that the handler returned, and the ids in `event.failed`.
 * If the handler throws or returns no list, all records of the batch fail, but the function does not: SQS polls less after a function
 * error.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const reportFailures = (): MiddlewareObj<QueueBatchEvent> => {
  const reportFailuresAfter = (request: Request<QueueBatchEvent>): void => {
    // Without a handler, or without its answer, SQS would delete every record.
    if (!Array.isArray(request.response)) throw new TypeError(NO_LIST);
    request.response = batchResponse([...request.event.failed, ...request.response]);
  };
  const reportFailuresOnError = (request: Request<QueueBatchEvent>): void => {
    request.response = batchResponse(request.event.Records.map(({ messageId }) => messageId));
  };
  return { after: reportFailuresAfter, onError: reportFailuresOnError };
};

const NO_LIST =
  'The batch has no answer: add .handler(async ({ broadcasts }, context) => …) that returns the ids of the messages that SQS must deliver again, or []';

const batchResponse = (messageIds: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })),
});

/**
 * Logs why a whole batch failed. Puts `logger` into the context, unless the context already has one. The default logger
 * reads `POWERTOOLS_LOG_LEVEL` and `POWERTOOLS_SERVICE_NAME`.
 */
export const logBatches = (
  defaultLogger: Logger = new Logger(),
): MiddlewareObj<QueueBatchEvent, unknown, Error, QueueBatchContext> => {
  type BatchRequest = Request<QueueBatchEvent, unknown, Error, QueueBatchContext>;
  const logBatchesBefore = ({ context }: BatchRequest): void => {
    context.logger ??= defaultLogger;
    context.logger.appendKeys({ requestId: context.awsRequestId });
  };
  const logBatchesOnError = ({ error, context }: BatchRequest): void => {
    (context.logger ?? defaultLogger).error('The batch failed: SQS will deliver all its records again', {
      error: describeError(error),
    });
  };
  return { before: logBatchesBefore, onError: logBatchesOnError };
};
