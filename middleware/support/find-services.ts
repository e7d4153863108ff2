import type { ConnectionTable } from '../../aws/connections/connection-table.ts';
import type { ConnectionPoster } from '../../aws/posting/connection-poster.ts';
import { SignedPoster } from '../../aws/posting/signed-poster.ts';
import type { BroadcastQueue } from '../../aws/queue/broadcast-queue.ts';
import type { RoutedEvent, WebSocketRequestContext } from '../../schemas/web-socket-event.ts';
import type { ContextOption } from './route-context.ts';

type ServicesContext = ContextOption<'services'>;

/**
 * What an event says of its connection.
 * @param name Of the middleware that asks: the error begins with it.
 * @throws {TypeError} for an event of another source.
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
  given: ConnectionTable | undefined,
  { services }: ServicesContext,
): ConnectionTable => given ?? services?.connections ?? missing(name, 'connection table', 'table');

/** @throws {Error} if neither the option nor the context has a queue. */
export const findQueue = (
  name: string,
  given: BroadcastQueue | undefined,
  { services }: ServicesContext,
): BroadcastQueue => given ?? services?.queue ?? missing(name, 'broadcast queue', 'queue');

/**
 * The option, else that of `context.services`, else, in a Lambda function, one for the event's own API.
 * @throws {Error} if there is none of them. A test never posts to AWS by mistake.
 */
export const findPoster = (
  name: string,
  given: ConnectionPoster | undefined,
  { services }: ServicesContext,
  requestContext: WebSocketRequestContext,
): ConnectionPoster => given ?? services?.poster ?? posterOfEvent(requestContext) ?? missing(name, 'poster', 'poster');

const missing = (name: string, what: string, option: string): never => {
  throw new Error(
    `${name} has no ${what}: put provideServices() before it, or write ${name}({ ${option} }). In a test, pass services in the context`,
  );
};

/** One for each callback URL, so that all middlewares of a function share its sockets. */
const posters = new Map<string, ConnectionPoster>();

/**
 * A poster for the API that an event came from. The function's role signs.
 * @returns `undefined` outside of a Lambda function, and for an event that does not name its API.
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
 * `https://{domainName}/{stage}`. The path behind a custom domain name is not in the event, so the API's own host takes
 * its place.
 */
const callbackUrlOf = ({ domainName, apiId, stage }: Partial<WebSocketRequestContext>): string | undefined => {
  const region = process.env.AWS_REGION ?? '';
  if (!domainName || !stage) return undefined;
  if (/\.amazonaws\.com(\.cn)?$/.test(domainName)) return `https://${domainName}/${stage}`;
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${apiId}.execute-api.${region}.${suffix}/${stage}`;
};
