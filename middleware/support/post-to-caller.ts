import type { Logger } from '@aws-lambda-powertools/logger';
import type { ConnectionTable } from '../../aws/connections/connection-table.ts';
import { describeError } from '../../aws/describe-error.ts';
import type { ConnectionPoster, PostOptions, PostResult } from '../../aws/posting/connection-poster.ts';

export interface CallerServices {
  poster: ConnectionPoster;
  /** Without a table, the row of a stale caller stays until the fan-out finds it. */
  table: ConnectionTable | undefined;
  logger: Logger | undefined;
}

/**
 * Posts text to the connection that sent the event. If API Gateway answers 410, the connection is stale, because its
 * handshake has finished: its row is deleted. Never rejects.
 */
export const postToCaller = async (
  { poster, table, logger }: CallerServices,
  connectionId: string,
  data: string,
  options?: PostOptions,
): Promise<PostResult> => {
  const result = await postTo(poster, connectionId, data, options);
  if (result.outcome === 'gone') {
    try {
      await table?.delete(connectionId);
    } catch (error) {
      logger?.warn('A stale row was not deleted', { error: describeError(error) });
    }
  }
  return result;
};

const postTo = async (
  poster: ConnectionPoster,
  connectionId: string,
  data: string,
  options: PostOptions | undefined,
): Promise<PostResult> => {
  try {
    return await poster.post(connectionId, data, options);
  } catch (error) {
    return { outcome: 'failed', detail: describeError(error).name };
  }
};
