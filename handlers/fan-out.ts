import { Metrics } from '@aws-lambda-powertools/metrics';
import { fanOutBatch } from '../fan-out/fan-out-batch.ts';
import { readFanOutNumbers } from '../fan-out/read-fan-out-numbers.ts';
import { publishAccounts } from '../middleware/publish-accounts.ts';
import { queueBatch } from '../middleware/queue-batch.ts';
import '../aws/dynamo-connection-table.ts'; // every scan needs it: loaded with the function. The queue is for what is left

if (process.env.AWS_LAMBDA_FUNCTION_NAME) readFanOutNumbers(); // what is wrong is said at start
const metrics = new Metrics({ namespace: 'middy-fanout' });

/** Posts the broadcasts of a batch to their connections, and accounts for each of them. */
export const handler = queueBatch().handler(async ({ broadcasts }, context) => {
  const { services, logger } = context;
  const endsAt = Date.now() + context.getRemainingTimeInMillis();
  const result = await fanOutBatch(broadcasts, services, { ...readFanOutNumbers(), endsAt });
  publishAccounts(result.accounts, logger, metrics);
  const { failed, forbidden, undeletedRows } = result;
  if (forbidden !== undefined) logger.error('API Gateway refuses posts of this function', { forbidden });
  if (undeletedRows > 0) logger.warn('Rows of stale connections were not deleted', { undeletedRows });
  if (failed.length > 0)
    logger.error('A queue refused what is left of records: they come back', { messageIds: failed });
  return failed;
});
