import type { ReceivedMessage } from '../engines/engine-protocol.ts';
import type { QueueAccess } from '../engines/start-engines.ts';

/** Largest batch, in bytes: Lambda's largest event. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BATCH_BYTES = 6 * 1_024 * 1_024;
/** Size of a record without its body, in bytes. Our choice: a generous estimate. */
const RECORD_BYTES = 2_048;
/** Longest wait that SQS allows in one receive. A batching window may be longer. */
const LONG_POLL_MS = 20_000;

export interface BatchLimits {
  queueArn: string;
  batchSize: number;
  windowMs: number;
}

const bytesOf = (messages: readonly ReceivedMessage[]): number =>
  // The body becomes JSON in JSON: its quotes and backslashes count twice.
  messages.reduce((sum, { body }) => sum + Buffer.byteLength(JSON.stringify(body)) + RECORD_BYTES, 0);

/**
 * Receives a batch: the first messages as soon as there are any, and more until it reaches the batch size, the window
 * or 6 MB, or until `isStopped`. The batch is empty if no message came for 20 s.
 *
 * @param leftover Takes the messages that do not fit into 6 MB. The next batch begins with them.
 */
export const gatherBatch = async (
  queues: QueueAccess,
  { queueArn, batchSize, windowMs }: BatchLimits,
  leftover: ReceivedMessage[],
  isStopped: () => boolean,
): Promise<ReceivedMessage[]> => {
  const batch = leftover.splice(0);
  if (batch.length === 0) batch.push(...(await queues.receive(queueArn, batchSize, LONG_POLL_MS)));
  const endsAt = performance.now() + windowMs;
  while (batch.length > 0 && batch.length < batchSize && bytesOf(batch) < MAX_BATCH_BYTES) {
    const restMs = Math.max(0, endsAt - performance.now());
    batch.push(...(await queues.receive(queueArn, batchSize - batch.length, Math.min(restMs, LONG_POLL_MS))));
    if (restMs === 0 || isStopped()) break;
  }
  while (batch.length > 1 && bytesOf(batch) > MAX_BATCH_BYTES) leftover.unshift(batch.pop() as ReceivedMessage);
  return batch;
};
