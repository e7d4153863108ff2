import middy, { type MiddlewareObj } from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { provideServices } from '../provide-services.ts';
import { logBatches } from './log-batches.ts';
import { parseBroadcasts } from './parse-broadcasts.ts';
import type { QueueBatchContext } from './queue-batch-context.ts';
import type { QueueBatchEvent } from './queue-batch-event.ts';
import { reportFailures } from './report-failures.ts';

/**
 * A Middy instance with the whole stack of a batch of the broadcast queue on it.
 *
 * ```ts
 * export const handler = queueBatch().handler(async ({ broadcasts }, { logger }) => {
 *   for (const { broadcast } of broadcasts) logger.info('Received', { broadcastId: broadcast.id });
 *   return []; // the message ids that SQS is to deliver again
 * });
 * ```
 * What cannot be read as a broadcast is dead-lettered before the handler runs. What the handler throws fails the batch.
 */
export const queueBatch = (): QueueBatch =>
  middy()
    .use(reportFailures())
    .use(provideServices() as AnyMiddleware)
    .use(logBatches() as AnyMiddleware)
    .use(parseBroadcasts() as AnyMiddleware) as unknown as QueueBatch;

/** What `queueBatch` gives: Middy's instance, typed so that no middleware loosens the event. */
export interface QueueBatch {
  (event: SQSEvent, context: Context): Promise<SQSBatchResponse>;
  /** @param handler Resolves to the message ids that SQS is to deliver again. */
  handler(handler: (event: QueueBatchEvent, context: QueueBatchContext) => Promise<readonly string[]>): QueueBatch;
  use(middleware: AnyMiddleware): QueueBatch;
}

// biome-ignore lint/suspicious/noExplicitAny: Middy's own word for "whatever a middleware is made for".
type AnyMiddleware = MiddlewareObj<any, any, any, any, any>;
