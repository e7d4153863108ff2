import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describeError } from '../aws/describe-error.ts';
import { fanOutBatch } from '../fan-out/fan-out-batch.ts';
import { readFanOutNumbers } from '../fan-out/read-fan-out-numbers.ts';
import type { FanOutProblem } from '../fan-out/records/fan-out-problem.ts';
import { publishAccounts } from '../middleware/queue/publish-accounts.ts';
import { queueBatch } from '../middleware/queue/queue-batch.ts';
import '../aws/connections/dynamo-connection-table.ts'; // loads it with the function, because every scan needs it

if (process.env.AWS_LAMBDA_FUNCTION_NAME) readFanOutNumbers(); // so that an invalid number fails at start
const metrics = new Metrics({ namespace: 'middy-fanout' });

/** Posts the broadcasts of a batch to their connections, and logs an account of each broadcast. */
export const handler = queueBatch().handler(async ({ broadcasts }, context) => {
  const { services, logger } = context;
  const endsAt = Date.now() + context.getRemainingTimeInMillis();
  const onProblem = (problem: FanOutProblem): void => logProblem(problem, logger);
  const result = await fanOutBatch(broadcasts, services, { ...readFanOutNumbers(), endsAt, onProblem });
  publishAccounts(result.accounts, logger, metrics);
  const { failed, forbidden, undeletedRows } = result;
  if (forbidden !== undefined) logger.error('API Gateway refuses the posts of this function', { forbidden });
  if (undeletedRows > 0) logger.warn('Rows of stale connections were not deleted', { undeletedRows });
  if (failed.length > 0) {
    logger.error('The rest of some records could not be handed over: SQS will deliver them again', {
      messageIds: failed,
    });
  }
  return failed;
});

const logProblem = (problem: FanOutProblem, logger: Logger): void => {
  if (problem.kind === 'unbalanced') logger.error(PROBLEMS.unbalanced, { account: problem.account });
  else logger.warn(PROBLEMS[problem.kind], { error: describeError(problem.error) });
};

const PROBLEMS = {
  scan: 'The connection table refused a page: the rest of the scan is handed over',
  queue: 'The broadcast queue refused the rest of a record: the function tries again',
  'dead-letter': 'The dead-letter queue refused a dead letter: the function tries again',
  unbalanced: 'The counts of an account do not add up: please report this',
} as const;
