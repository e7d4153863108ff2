import { Metrics } from '@aws-lambda-powertools/metrics';
import { fanOutChannels } from '../fan-out/channels/fan-out-channels.ts';
import { readChannelRules } from '../fan-out/channels/read-channel-rules.ts';
import { readFanOutNumbers } from '../fan-out/read-fan-out-numbers.ts';
import { type FanOutProblem, logProblem } from '../fan-out/records/fan-out-problem.ts';
import { channelBatch } from '../middleware/queue/channel-batch.ts';
import { publishAccounts } from '../middleware/queue/publish-accounts.ts';
import '../aws/channels/dynamo-channel-table.ts'; // loads it with the function, because every batch needs it

if (process.env.AWS_LAMBDA_FUNCTION_NAME) readChannelRules(); // so that an invalid rule fails at start
const metrics = new Metrics({ namespace: 'middy-fanout' });

/** Appends the messages of a batch to their channels, posts them to the subscribers, and logs an account of each. */
export const handler = channelBatch().handler(async ({ channelRecords }, context) => {
  const { services, logger } = context;
  const { channels, channelQueue } = services;
  if (!channels || !channelQueue) throw new Error('FAN_OUT_CHANNELS_TABLE or FAN_OUT_CHANNEL_QUEUE_URL is not set');
  const { accounts, failed, forbidden } = await fanOutChannels(
    channelRecords,
    { ...services, channels, channelQueue },
    {
      rules: readChannelRules(),
      postsPerSecond: readFanOutNumbers().postsPerSecond,
      endsAt: Date.now() + context.getRemainingTimeInMillis(),
      onProblem: (problem: FanOutProblem) => logProblem(problem, logger),
    },
  );
  publishAccounts(accounts, logger, metrics);
  if (forbidden !== undefined) logger.error('API Gateway refuses the posts of this function', { forbidden });
  if (failed.length > 0)
    logger.error('Some records of channels were not finished: SQS will deliver them again', { messageIds: failed });
  return failed;
});
