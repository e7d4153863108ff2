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

/** What the functions' AWS is called. Region and credentials come from the environment. */
export interface ServicesOptions {
  /** Name of the DynamoDB table of connections. Default: `FAN_OUT_CONNECTIONS_TABLE`. */
  tableName?: string;
  /** Name of its partition key. Default: `FAN_OUT_CONNECTIONS_KEY`, else `connectionId`. */
  keyAttribute?: string;
  /** URL of the broadcast queue. Default: `FAN_OUT_BROADCAST_QUEUE_URL`. */
  queueUrl?: string;
  /** URL of the dead-letter queue, which only the fan-out needs. Default: `FAN_OUT_DEAD_LETTER_QUEUE_URL`. */
  deadLetterQueueUrl?: string;
  /** Callback URL of the stage. Default: `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`. */
  endpoint?: string;
}

/**
 * AWS as the options and the environment describe it. Each client is loaded when it is first used: an import at the top
 * of a handler (`import './queue/sqs-broadcast-queue.ts'`) loads it with the function instead.
 * @throws {Error} without options, if `FAN_OUT_CONNECTIONS_TABLE`, `FAN_OUT_BROADCAST_QUEUE_URL` or
 * `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI` is missing, naming it. With options, a variable that is needed and missing
 * is the error of the first call that needs it.
 */
export const createServices = (options: ServicesOptions = {}): Services => {
  if (Object.keys(options).length === 0) for (const name of NEEDED) readEnvironment(name);
  const { keyAttribute = process.env.FAN_OUT_CONNECTIONS_KEY } = options;
  const readEndpoint = () => options.endpoint ?? readEnvironment('AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI');
  return {
    connections: loadOnFirstUse(async () => {
      const tableName = options.tableName ?? readEnvironment('FAN_OUT_CONNECTIONS_TABLE');
      const { DynamoConnectionTable } = await import('./connections/dynamo-connection-table.ts');
      return new DynamoConnectionTable({ tableName, keyAttribute });
    }),
    queue: loadOnFirstUse(async () => {
      const queueUrl = options.queueUrl ?? readEnvironment('FAN_OUT_BROADCAST_QUEUE_URL');
      const { SqsBroadcastQueue } = await import('./queue/sqs-broadcast-queue.ts');
      return new SqsBroadcastQueue({ queueUrl, deadLetterQueueUrl: options.deadLetterQueueUrl });
    }),
    // Nothing to load: without an SDK it is a few kilobytes, and opens its first socket with its first post.
    poster: hasEndpoint(options)
      ? new SignedPoster({ endpoint: readEndpoint() })
      : loadOnFirstUse(async () => new SignedPoster({ endpoint: readEndpoint() })),
    manager: loadOnFirstUse(async () => {
      const endpoint = readEndpoint();
      const { createManagementClient, SdkConnectionManager } = await import('./connections/sdk-connection-manager.ts');
      return new SdkConnectionManager(createManagementClient(endpoint));
    }),
  };
};

/** The construct sets all of them, so one that is missing is a mistake to be found at start. */
const NEEDED = [
  'FAN_OUT_CONNECTIONS_TABLE',
  'FAN_OUT_BROADCAST_QUEUE_URL',
  'AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI',
] as const;

/** Whether posts have a callback URL. If not, that of the event can take its place. */
export const hasEndpoint = ({ endpoint }: ServicesOptions): boolean =>
  Boolean(endpoint ?? process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI);
