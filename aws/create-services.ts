import { readEnvironment } from '../schemas/environment.ts';
import { loadOnFirstUse } from './load-on-first-use.ts';
import { SignedPoster } from './posting/signed-poster.ts';
import type { Services } from './services.ts';

/**
 * AWS as the environment describes it. Each client is loaded when it is first used: an import at the top of a handler
 * (`import './queue/sqs-broadcast-queue.ts'`) loads it with the function instead.
 * @throws {Error} where `CONNECTIONS_TABLE`, `BROADCAST_QUEUE_URL` or `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI` is
 * missing, naming it.
 */
export const createServices = (): Services => {
  const tableName = readEnvironment('CONNECTIONS_TABLE');
  const queueUrl = readEnvironment('BROADCAST_QUEUE_URL');
  const endpoint = readEnvironment('AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI');
  return {
    connections: loadOnFirstUse(async () => {
      const { DynamoConnectionTable } = await import('./connections/dynamo-connection-table.ts');
      return new DynamoConnectionTable({ tableName, keyAttribute: process.env.CONNECTIONS_KEY });
    }),
    queue: loadOnFirstUse(async () => {
      const { SqsBroadcastQueue } = await import('./queue/sqs-broadcast-queue.ts');
      return new SqsBroadcastQueue({ queueUrl });
    }),
    // Nothing to load: without an SDK it is a few kilobytes, and opens its first socket with its first post.
    poster: new SignedPoster({ endpoint }),
    manager: loadOnFirstUse(async () => {
      const { SdkConnectionManager } = await import('./connections/sdk-connection-manager.ts');
      return new SdkConnectionManager();
    }),
  };
};
