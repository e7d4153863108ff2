import { expect, it } from '@jest/globals';
import type { ReceivedMessage } from '../../../../packages/local/engines/engine-protocol.ts';
import type { QueueAccess } from '../../../../packages/local/engines/start-engines.ts';
import { gatherBatch } from '../../../../packages/local/event-sources/gather-batch.ts';

it('never waits longer in one receive than SQS allows, even in a window of five minutes', async () => {
  const waits: number[] = [];
  const receive: QueueAccess['receive'] = async (_queueArn, _most, waitMs) =>
    waits.push(waitMs) === 1 ? [{ body: 'x' } as ReceivedMessage] : [];
  const limits = { queueArn: 'arn:aws:sqs:us-east-1:123456789012:jobs', batchSize: 10, windowMs: 300_000 };
  const batch = await gatherBatch({ receive } as QueueAccess, limits, [], () => waits.length === 3);
  expect([waits, batch]).toEqual([[20_000, 20_000, 20_000], [{ body: 'x' }]]);
});
