import { fanOutBatch } from '../fan-out/fan-out-batch.ts';
import { queueBatch } from '../middleware/queue-batch.ts';
import { BROADCAST_ACCOUNT } from '../schemas/broadcast-account.ts';
import { readEnvironment } from '../schemas/environment.ts';
import '../aws/dynamo-connection-table.ts'; // loaded with the function, not by its first event
import '../aws/sqs-broadcast-queue.ts';

/** Posts the broadcasts of a batch to their connections, and accounts for each of them. */
export const handler = queueBatch().handler(async ({ broadcasts }, context) => {
  const { services, logger } = context;
  const { failed, accounts } = await fanOutBatch(broadcasts, services, {
    postsPerSecond: Number(readEnvironment('POSTS_PER_SECOND')),
    endsAt: Date.now() + context.getRemainingTimeInMillis(),
  });
  for (const account of accounts) logger.info(BROADCAST_ACCOUNT, { account });
  return failed;
});
