import { readEnvironment } from '../schemas/environment.ts';
import { SignedPoster } from './posting/signed-poster.ts';
import type { Services } from './services.ts';

/** An interface whose every member is an asynchronous method. */
type AsyncMethods<T> = { [K in keyof T]: (...parameters: never[]) => Promise<unknown> };

/**
 * Returns a proxy that loads the implementation at the first call of a method. The cold start of a function then only
 * loads the clients that its events need. If the function imports the implementation itself, it is already loaded.
 */
export const loadOnFirstUse = <T extends AsyncMethods<T>>(load: () => Promise<T>): T => {
  let loaded: Promise<T> | undefined;
  const call =
    (name: keyof T) =>
    async (...parameters: never[]): Promise<unknown> => {
      loaded ??= load();
      return (await loaded)[name](...parameters);
    };
  // It has no `then`: otherwise `await` would load it.
  return new Proxy({} as T, { get: (_, name) => (name === 'then' ? undefined : call(name as keyof T)) });
};

/** Names and URLs of the AWS resources. Region and credentials come from the environment. */
export interface ServicesOptions {
  /** Name of the DynamoDB table of connections. Default: `FAN_OUT_CONNECTIONS_TABLE`. */
  tableName?: string;
  /** Name of the table's partition key. Default: `FAN_OUT_CONNECTIONS_KEY`, else `connectionId`. */
  keyAttribute?: string;
  /** URL of the broadcast queue. Default: `FAN_OUT_BROADCAST_QUEUE_URL`. */
  queueUrl?: string;
  /** URL of the dead-letter queue, which only the fan-out needs. Default: `FAN_OUT_DEAD_LETTER_QUEUE_URL`. */
  deadLetterQueueUrl?: string;
  /** Name of the DynamoDB table of channels. Default: `FAN_OUT_CHANNELS_TABLE`. Without it there are no channels. */
  channelsTableName?: string;
  /** URL of the FIFO queue of channels. Default: `FAN_OUT_CHANNEL_QUEUE_URL`. Without it nothing can be published. */
  channelQueueUrl?: string;
  /** Callback URL of the stage. Default: `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`. */
  endpoint?: string;
}

/**
 * Creates the AWS services that the options and the environment describe. Each client is loaded at its first use. An
 * import at the top of a handler (`import './queue/sqs-broadcast-queue.ts'`) loads it with the function instead.
 * @throws {Error} without options, if `FAN_OUT_CONNECTIONS_TABLE`, `FAN_OUT_BROADCAST_QUEUE_URL` or
 * `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI` is missing. The message names it. With options, the first call that needs
 * a missing variable throws this error.
 */
export const createServices = (options: ServicesOptions = {}): Services => {
  if (Object.keys(options).length === 0) for (const name of REQUIRED) readEnvironment(name);
  const { keyAttribute = process.env.FAN_OUT_CONNECTIONS_KEY } = options;
  const {
    channelsTableName = process.env.FAN_OUT_CHANNELS_TABLE,
    channelQueueUrl = process.env.FAN_OUT_CHANNEL_QUEUE_URL,
  } = options;
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
    // The poster needs no SDK: it has a few kilobytes, and opens its first socket for its first post.
    poster: hasEndpoint(options)
      ? new SignedPoster({ endpoint: readEndpoint() })
      : loadOnFirstUse(async () => new SignedPoster({ endpoint: readEndpoint() })),
    manager: loadOnFirstUse(async () => {
      const endpoint = readEndpoint();
      const { createManagementClient, SdkConnectionManager } = await import('./connections/sdk-connection-manager.ts');
      return new SdkConnectionManager(createManagementClient(endpoint));
    }),
    ...(channelsTableName && {
      channels: loadOnFirstUse(async () => {
        const { DynamoChannelTable } = await import('./channels/dynamo-channel-table.ts');
        return new DynamoChannelTable({ tableName: channelsTableName });
      }),
    }),
    ...(channelQueueUrl && {
      channelQueue: loadOnFirstUse(async () => {
        const { SqsChannelQueue } = await import('./channels/sqs-channel-queue.ts');
        return new SqsChannelQueue({ queueUrl: channelQueueUrl });
      }),
    }),
  };
};

/** The construct sets all of these variables. A missing one is a mistake that must be found at start. */
const REQUIRED = [
  'FAN_OUT_CONNECTIONS_TABLE',
  'FAN_OUT_BROADCAST_QUEUE_URL',
  'AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI',
] as const;

/** Checks whether posts have a callback URL. Without one, the callback URL of the event is used. */
export const hasEndpoint = ({ endpoint }: ServicesOptions): boolean =>
  Boolean(endpoint ?? process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI);
