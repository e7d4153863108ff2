import type { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { Services } from '../../aws/services.ts';

/** What a queue batch's handler receives beside the event: Lambda's context, and what our middlewares put there. */
export interface QueueBatchContext extends Context {
  /** By `provideServices`. */
  services: Services;
  /** By `logBatches`. */
  logger: Logger;
}
