import type { Logger } from '@aws-lambda-powertools/logger';
import type { ConnectionTable } from '../../aws/connections/connection-table.ts';
import { describeError } from '../../aws/describe-error.ts';
import type { ConnectionPoster, PostOptions, PostResult } from '../../aws/posting/connection-poster.ts';

/** What a post to the caller needs. Without a table, the row of a caller that is gone stays until the fan-out finds it. */
export interface CallerServices {
  poster: ConnectionPoster;
  table: ConnectionTable | undefined;
  logger: Logger | undefined;
}

/**
 * Posts text to the connection an event came from. One that is gone is stale, because its handshake had finished: its row
 * is deleted. Never rejects.
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
