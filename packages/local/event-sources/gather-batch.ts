import type { ReceivedMessage } from '../engines/engine-protocol.ts';
import type { QueueAccess } from '../engines/start-engines.ts';

/** A batch ends at Lambda's largest event: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BATCH_BYTES = 6 * 1_024 * 1_024;
/** Fields of a record around its body, in bytes; generous. */
const RECORD_BYTES = 2_048;
/** Longest wait that SQS takes; a window may be longer. */
const LONG_POLL_MS = 20_000;

export interface BatchLimits {
  queueArn: string;
  batchSize: number;
  windowMs: number;
}

const bytesOf = (messages: readonly ReceivedMessage[]): number =>
  // As JSON in JSON: quotes and backslashes of the body count twice.
  messages.reduce((sum, { body }) => sum + Buffer.byteLength(JSON.stringify(body)) + RECORD_BYTES, 0);

/**
 * Receives a batch: the first messages as soon as there are any, and more until the batch size, the window or 6 MB is
 * reached, or it is stopped. Empty when there were none for 20 s. What would not fit into 6 MB is `left`, for the next batch.
 */
export const gatherBatch = async (
  queues: QueueAccess,
  { queueArn, batchSize, windowMs }: BatchLimits,
  left: ReceivedMessage[],
  isStopped: () => boolean,
): Promise<ReceivedMessage[]> => {
  const batch = left.splice(0);
  if (batch.length === 0) batch.push(...(await queues.receive(queueArn, batchSize, LONG_POLL_MS)));
  const endsAt = performance.now() + windowMs;
  while (batch.length > 0 && batch.length < batchSize && bytesOf(batch) < MAX_BATCH_BYTES) {
    const restMs = Math.max(0, endsAt - performance.now());
    batch.push(...(await queues.receive(queueArn, batchSize - batch.length, Math.min(restMs, LONG_POLL_MS))));
    if (restMs === 0 || isStopped()) break;
  }
  while (batch.length > 1 && bytesOf(batch) > MAX_BATCH_BYTES) left.unshift(batch.pop() as ReceivedMessage);
  return batch;
};
