import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { describeError } from '../../aws/describe-error.ts';
import { PROVIDE_SERVICES_RULES, type ProvideServicesOptions, provideServices } from '../provide-services.ts';
import { checkOptions, SERVICE } from '../support/check-options.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { QueueBatchContext, QueueBatchEvent } from './batch-event.ts';
import { parseBroadcasts } from './parse-broadcasts.ts';

export interface QueueBatchOptions {
  /** Writes the lines of the log, unless there is a logger in the context already. Default: Powertools' own. */
  logger?: Logger;
  /** Of `provideServices`. */
  services?: ProvideServicesOptions;
}

/**
 * A Middy instance with the whole stack of a batch of the broadcast queue on it.
 *
 * ```ts
 * import { queueBatch } from 'middy-fanout';
 *
 * export const handler = queueBatch().handler(async ({ broadcasts }, { logger }) => {
 *   for (const { broadcast } of broadcasts) logger.info('Received', { broadcastId: broadcast.id });
 *   return []; // the message ids that SQS is to deliver again
 * });
 * ```
 * What cannot be read as a broadcast is dead-lettered before the handler runs. What the handler throws fails the batch.
 * @throws {TypeError} at set-up for an option that does not exist or is wrong.
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

/** What `queueBatch` gives: Middy's instance, typed so that no middleware loosens the event. */
export interface QueueBatch {
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse>;
  /** @param handler Resolves to the message ids that SQS is to deliver again. */
  handler(handler: (event: QueueBatchEvent, context: QueueBatchContext) => Promise<readonly string[]>): QueueBatch;
  use(middleware: AnyMiddleware): QueueBatch;
}

// biome-ignore lint/suspicious/noExplicitAny: Middy's own word for "whatever a middleware is made for".
type AnyMiddleware = MiddlewareObj<any, any, any, any, any>;

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

/**
 * Puts `logger` into the context, the one that is there already or Powertools' (`POWERTOOLS_LOG_LEVEL`,
 * `POWERTOOLS_SERVICE_NAME`), and logs why a batch failed as a whole.
 */
export const logBatches = (
  own: Logger = new Logger(),
): MiddlewareObj<QueueBatchEvent, unknown, Error, QueueBatchContext> => {
  type BatchRequest = Request<QueueBatchEvent, unknown, Error, QueueBatchContext>;
  const logBatchesBefore = ({ context }: BatchRequest): void => {
    context.logger ??= own;
    context.logger.appendKeys({ requestId: context.awsRequestId });
  };
  const logBatchesOnError = ({ error, context }: BatchRequest): void => {
    (context.logger ?? own).error('The batch failed: all of it comes back', { error: describeError(error) });
  };
  return { before: logBatchesBefore, onError: logBatchesOnError };
};
