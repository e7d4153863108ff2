import { createBroadcastRecord } from '../../schemas/create-broadcast-record.ts';
import { createQueueClient } from './create-queue-client.ts';
import { SqsBroadcastQueue } from './sqs-broadcast-queue.ts';

/**
 * Sends a text to every connection of a stage, from outside of it. Resolves when the queue has taken it.
 * @param queueUrl The output `BroadcastQueueUrl` of the stack, deployed or here.
 * @throws what {@link createBroadcastRecord} throws, and the SDK's own errors.
 */
export const broadcastFromBackend = async (queueUrl: string, data: string): Promise<void> => {
  const client = createQueueClient(queueUrl);
  try {
    await new SqsBroadcastQueue({ queueUrl, client }).send(createBroadcastRecord(data));
  } finally {
    client.destroy();
  }
};
