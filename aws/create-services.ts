import { readEnvironment } from '../schemas/environment.ts';
import { SignedPoster } from './posting/signed-poster.ts';
import type { Services } from './services.ts';

/** An interface whose every member is an asynchronous method. */
type AsyncMethods<T> = { [K in keyof T]: (...parameters: never[]) => Promise<unknown> };

/**
 * A stand-in that loads the real thing when one of its methods is first called, so that a function's cold start pays
 * only for the clients that its events need. An implementation that the function imports itself is loaded already.
 */
export const loadOnFirstUse = <T extends AsyncMethods<T>>(load: () => Promise<T>): T => {
  let loaded: Promise<T> | undefined;
  const call =
    (name: keyof T) =>
    async (...parameters: never[]): Promise<unknown> => {
      loaded ??= load();
      return (await loaded)[name](...parameters);
    };
  // Without a `then`, or whoever awaits it would load it.
  return new Proxy({} as T, { get: (_, name) => (name === 'then' ? undefined : call(name as keyof T)) });
};

/**
 * AWS as the environment describes it. Each client is loaded when it is first used: an import at the top of a handler
 * (`import './queue/sqs-broadcast-queue.ts'`) loads it with the function instead.
 * @throws {Error} where `FAN_OUT_CONNECTIONS_TABLE`, `FAN_OUT_BROADCAST_QUEUE_URL` or `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI` is
 * missing, naming it.
 */
export const createServices = (): Services => {
  const tableName = readEnvironment('FAN_OUT_CONNECTIONS_TABLE');
  const queueUrl = readEnvironment('FAN_OUT_BROADCAST_QUEUE_URL');
  const endpoint = readEnvironment('AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI');
  return {
    connections: loadOnFirstUse(async () => {
      const { DynamoConnectionTable } = await import('./connections/dynamo-connection-table.ts');
      return new DynamoConnectionTable({ tableName, keyAttribute: process.env.FAN_OUT_CONNECTIONS_KEY });
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
