import { CloudWatchLogsClient, GetQueryResultsCommand, StartQueryCommand } from '@aws-sdk/client-cloudwatch-logs';
import { BROADCAST_ACCOUNT } from '../schemas/broadcast-account.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Limit.html */
const MAX_RESULTS = 10_000;

export interface AccountQuery {
  logGroupName: string;
  broadcastId: string;
  /** Start of the search, in epoch milliseconds. */
  from: number;
  /** End of the search, in epoch milliseconds. */
  to: number;
  /** Default: a client with the region, credentials and endpoint of the environment. */
  client?: CloudWatchLogsClient;
  /** Pause before the state of the query is read again, in milliseconds. Default 500. */
  pollMs?: number;
}

/**
 * Reads the log lines with the accounts of a broadcast from CloudWatch Logs Insights.
 * @throws the SDK's own errors, and `Error` if the query did not complete.
 */
export const queryAccounts = async (query: AccountQuery): Promise<string[]> => {
  const { logGroupName, broadcastId, from, to, client = new CloudWatchLogsClient({}), pollMs = 500 } = query;
  const { queryId } = await client.send(
    new StartQueryCommand({
      logGroupName,
      startTime: Math.floor(from / 1_000),
      endTime: Math.ceil(to / 1_000),
      queryString: `fields @message | filter message = "${BROADCAST_ACCOUNT}" and account.id = ${JSON.stringify(broadcastId)} | sort @timestamp asc`,
      limit: MAX_RESULTS,
    }),
  );
  for (;;) {
    const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
    if (status === 'Complete') {
      return results.flat().flatMap(({ field, value }) => (field === '@message' && value !== undefined ? [value] : []));
    }
    if (status !== 'Scheduled' && status !== 'Running') throw new Error(`The Logs Insights query ended as ${status}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
};
