import { expect, it } from '@jest/globals';
import middy from '@middy/core';
import { logBatches } from '../../../middleware/queue/log-batches.ts';
import type { QueueBatchContext } from '../../../middleware/queue/queue-batch-context.ts';
import type { QueueBatchEvent } from '../../../middleware/queue/queue-batch-event.ts';
import { aContext } from '../../../testing/a-context.ts';
import { aQueueEvent } from '../../builders/a-queue-event.ts';
import { captureLogs } from '../../builders/capture-logs.ts';

it('gives each line of a batch the request id of its invocation', async () => {
  const { logger, lines } = captureLogs();
  const handler = middy((_event: QueueBatchEvent, context: QueueBatchContext) => {
    context.logger.info('Received');
    throw new Error('broken');
  }).use(logBatches());
  await expect(handler(aQueueEvent() as never, aContext({ logger, awsRequestId: 'a1' }))).rejects.toThrow('broken');
  expect(lines).toMatchObject([
    { message: 'Received', requestId: 'a1' },
    { level: 'ERROR', requestId: 'a1', error: { message: 'broken' } },
  ]);
});
