import { describeError } from '../../aws/describe-error.ts';
import type { PostOptions, PostResult } from '../../aws/posting/connection-poster.ts';
import type { RouteContext } from './route-context.ts';

/**
 * Posts text to the connection an event came from. One that is gone is stale, because its handshake had finished: its row
 * is deleted. Never rejects.
 */
export const postToCaller = async (
  { services, logger }: Pick<RouteContext, 'services' | 'logger'>,
  connectionId: string,
  data: string,
  options?: PostOptions,
): Promise<PostResult> => {
  const result = await postTo(services, connectionId, data, options);
  if (result.outcome === 'gone') {
    try {
      await services.connections.delete(connectionId);
    } catch (error) {
      logger?.warn('A stale row was not deleted', { error: describeError(error) });
    }
  }
  return result;
};

const postTo = async (
  { poster }: RouteContext['services'],
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
