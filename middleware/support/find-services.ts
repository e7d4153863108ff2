import type { ChannelQueue } from '../../aws/channels/channel-queue.ts';
import type { ChannelTable } from '../../aws/channels/channel-table.ts';
import type { ConnectionTable } from '../../aws/connections/connection-table.ts';
import type { ConnectionPoster } from '../../aws/posting/connection-poster.ts';
import { SignedPoster } from '../../aws/posting/signed-poster.ts';
import type { BroadcastQueue } from '../../aws/queue/broadcast-queue.ts';
import type { RoutedEvent, WebSocketRequestContext } from '../../schemas/web-socket-event.ts';
import type { ContextOption } from './route-context.ts';

type ServicesContext = ContextOption<'services'>;

/**
 * Returns the request context of an event.
 * @param name The name of the middleware that asks. The error starts with it.
 * @throws {TypeError} if the event is not a WebSocket event.
 */
export const requestContextOf = (
  name: string,
  event: Partial<RoutedEvent> | null | undefined,
): WebSocketRequestContext => {
  const requestContext = event?.requestContext;
  if (typeof requestContext?.connectionId === 'string') return requestContext;
  throw new TypeError(
    `${name}: Not a WebSocket event: requestContext.connectionId is missing. A test event needs at least {"requestContext": {"connectionId": "test"}}`,
  );
};

/** @throws {Error} if neither the option nor the context has a table. */
export const findTable = (
  name: string,
  option: ConnectionTable | undefined,
  { services }: ServicesContext,
): ConnectionTable => option ?? services?.connections ?? missing(name, 'connection table', 'table');

/** The services of channels. @throws {Error} if the context does not have them. */
export const findChannelServices = (
  name: string,
  { services }: ServicesContext,
): { table: ChannelTable; queue: ChannelQueue } => {
  const { channels: table, channelQueue: queue } = services ?? {};
  if (table && queue) return { table, queue };
  const variable = table ? 'FAN_OUT_CHANNEL_QUEUE_URL' : 'FAN_OUT_CHANNELS_TABLE';
  throw new Error(
    `${name} has no ${table ? 'channel queue' : 'channel table'}: ${variable} is not set. Pass channels to FanOutApi, which sets it. In a test, pass services in the context`,
  );
};

/** @throws {Error} if neither the option nor the context has a queue. */
export const findQueue = (
  name: string,
  option: BroadcastQueue | undefined,
  { services }: ServicesContext,
): BroadcastQueue => option ?? services?.queue ?? missing(name, 'broadcast queue', 'queue');

/**
 * Finds a poster: the option, the poster of `context.services`, or, in a Lambda function, a poster for the event's own
 * API. The first one that exists is used. A test never posts to AWS by mistake.
 * @throws {Error} if there is no poster.
 */
export const findPoster = (
  name: string,
  option: ConnectionPoster | undefined,
  { services }: ServicesContext,
  requestContext: WebSocketRequestContext,
): ConnectionPoster => option ?? services?.poster ?? posterOfEvent(requestContext) ?? missing(name, 'poster', 'poster');

const missing = (name: string, what: string, option: string): never => {
  throw new Error(
    `${name} has no ${what}: put provideServices() before it, or write ${name}({ ${option} }). In a test, pass services in the context`,
  );
};

/** Posters by callback URL, so that all middlewares of a function share their sockets. */
const posters = new Map<string, ConnectionPoster>();

/**
 * Returns a poster for the API that sent the event. It signs with the role of the function.
 * @returns `undefined` outside a Lambda function, and if the event does not name its API.
 */
export const posterOfEvent = (requestContext: WebSocketRequestContext): ConnectionPoster | undefined => {
  const { AWS_LAMBDA_FUNCTION_NAME, AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: configured } = process.env;
  const endpoint = configured || callbackUrlOf(requestContext);
  if (!AWS_LAMBDA_FUNCTION_NAME || endpoint === undefined) return undefined;
  const poster = posters.get(endpoint) ?? new SignedPoster({ endpoint });
  posters.set(endpoint, poster);
  return poster;
};

/**
 * Returns `https://{domainName}/{stage}`. For a custom domain name it returns the URL of the API's own host, because
 * the event does not contain the path of the custom domain.
 */
const callbackUrlOf = ({ domainName, apiId, stage }: Partial<WebSocketRequestContext>): string | undefined => {
  const region = process.env.AWS_REGION ?? '';
  if (!domainName || !stage) return undefined;
  if (/\.amazonaws\.com(\.cn)?$/.test(domainName)) return `https://${domainName}/${stage}`;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${apiId}.execute-api.${region}.${suffix}/${stage}`;
};
