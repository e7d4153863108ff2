import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Services } from '../aws/services.ts';
import type { endAll as EndAll } from '../fan-out/channels/end-connections.ts';
import { fanOutBatch } from '../fan-out/fan-out-batch.ts';
import { readFanOutNumbers } from '../fan-out/read-fan-out-numbers.ts';
import { type FanOutProblem, logProblem } from '../fan-out/records/fan-out-problem.ts';
import { publishAccounts } from '../middleware/queue/publish-accounts.ts';
import { queueBatch } from '../middleware/queue/queue-batch.ts';
import type { ReceivedEnd } from '../schemas/channels/ended-record.ts';
import '../aws/connections/dynamo-connection-table.ts'; // loads it with the function, because every scan needs it

if (process.env.AWS_LAMBDA_FUNCTION_NAME) readFanOutNumbers(); // so that an invalid number fails at start
const metrics = new Metrics({ namespace: 'middy-fanout' });

/** Posts the broadcasts of a batch to their connections, and logs an account of each broadcast. */
export const handler = queueBatch().handler(async ({ broadcasts, ended }, context) => {
  const { services, logger } = context;
  const endsAt = Date.now() + context.getRemainingTimeInMillis();
  const onProblem = (problem: FanOutProblem): void => logProblem(problem, logger);
  const [result, unended] = await Promise.all([
    fanOutBatch(broadcasts, services, { ...readFanOutNumbers(), endsAt, onProblem }),
    ended.length > 0 ? removeSubscriptions(ended, services, { until: endsAt - ANSWER_MS, onProblem }) : [],
  ]);
  publishAccounts(result.accounts, logger, metrics);
  const { failed, forbidden, undeletedRows } = result;
  if (forbidden !== undefined) logger.error('API Gateway refuses the posts of this function', { forbidden });
  if (undeletedRows > 0) logger.warn('Rows of stale connections were not deleted', { undeletedRows });
  if (failed.length > 0) {
    logger.error('The rest of some records could not be handed over: SQS will deliver them again', {
      messageIds: failed,
    });
  }
  return [...failed, ...unended];
});

/** Our choice: time reserved for the answer, in milliseconds. */
const ANSWER_MS = 1_000;

/** Loads the code when it is needed: only an application with channels needs it. */
const removeSubscriptions = async (
  ended: readonly ReceivedEnd[],
  { channels, channelQueue }: Services,
  options: Parameters<typeof EndAll>[2],
): Promise<readonly string[]> => {
  if (!channels || !channelQueue) throw new Error('FAN_OUT_CHANNELS_TABLE or FAN_OUT_CHANNEL_QUEUE_URL is not set');
  const [{ endAll }, { readChannelRules }] = await Promise.all([
    import('../fan-out/channels/end-connections.ts'),
    import('../fan-out/channels/read-channel-rules.ts'),
  ]);
  return endAll(ended, { channels, channelQueue, rules: readChannelRules() }, options);
};
