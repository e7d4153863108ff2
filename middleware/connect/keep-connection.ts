import type { ChannelConnection, ChannelTable } from '../../aws/channels/channel-table.ts';
import type { ConnectionTable } from '../../aws/connections/connection-table.ts';
import { encodeUser, USER_PREFIX } from '../../schemas/channels/channel-name.ts';
import { SUBPROTOCOL } from '../../schemas/channels/frames.ts';
import { DEFAULT_TTL_SECONDS } from '../../schemas/connections/connection-row.ts';
import { ClientError } from '../../schemas/errors.ts';
import type { RoutedEvent, WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { checkOptions, SERVICE } from '../support/check-options.ts';
import { findTable, requestContextOf } from '../support/find-services.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { ContextOption, RequestState } from '../support/route-context.ts';
import { tokenExpiry } from './refuse-expired-token.ts';

export interface KeepConnectionOptions {
  /** Life of the row, counted from this event, in seconds: 1 to 7,500. Default 7,500. */
  ttlSeconds?: number;
  /** Stores the row. Default: the table of `context.services`. */
  table?: ConnectionTable;
  /**
   * Returns the user of a new connection, `undefined` for none. Default: `sub` of the authorizer's context. Only
   * channels need it: the connection belongs to the channel `user:ID` until it ends.
   */
  user?: (event: WebSocketEvent) => string | undefined;
}

type KeepRequest = Request<RoutedEvent, unknown, Error, ContextOption<'services'>, RequestState>;

/**
 * Writes the connection's row before the handler runs.
 * - On `$connect`, this makes broadcasts reach the connection from then on.
 * - On a message route, the life of the row starts again, so that an active connection keeps its row.
 * - On `$disconnect` it does nothing.
 *
 * The row expires with the token that authorized its connection. If the token has expired, or its `exp` is not a
 * positive number, no row is written.
 *
 * If the application has channels, `$connect` first opens the connection in their table, so that it can subscribe, and
 * subscribes it to the channel of its user. A user whose name has more than 100 characters in that channel is refused
 * with 400. If `answerSubprotocol` answers `fanout.v1`, the row says so: put it before.
 *
 * Each event costs one PutItem, `$connect` with channels two or three, and a message of a `fanout.v1` client two.
 * `$connect` has the permission, a message route needs `can: ['keep']`.
 * Put it after `provideServices`, or pass a table.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { keepConnection, provideServices, type WebSocketEvent } from 'middy-fanout';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(provideServices({ tableName: 'connections' }))
 *   .use(keepConnection({ ttlSeconds: 3_600 }))
 *   .handler(() => ({ statusCode: 200 }));
 * ```
 * @throws {TypeError} at set-up if an option does not exist or is invalid, and at an event that is not a WebSocket
 * event.
 * @throws {Error} at the first event if there is no table.
 */
export const keepConnection = (
  options: KeepConnectionOptions = {},
): MiddlewareObj<RoutedEvent, unknown, Error, ContextOption<'services'>, RequestState> => {
  checkOptions('keepConnection', RULES, options);
  const { ttlSeconds = DEFAULT_TTL_SECONDS, user: userOf = subOf } = options;
  const keepConnectionBefore = async ({ event, context, internal }: KeepRequest): Promise<void> => {
    const requestContext = requestContextOf('keepConnection', event);
    const table = findTable('keepConnection', options.table, context);
    const { connectionId, eventType, connectedAt: connectedAtMs = Date.now() } = requestContext;
    if (eventType === 'DISCONNECT') return;
    const connectedAt = Math.floor(connectedAtMs / 1_000);
    const countedFrom = eventType === 'MESSAGE' ? Math.floor(Date.now() / 1_000) : connectedAt;
    const expiry = Math.floor(tokenExpiry(requestContext)); // DynamoDB reads whole seconds
    if (expiry <= countedFrom) return;
    const ttl = Math.min(countedFrom + ttlSeconds, expiry);
    const row = { connectionId, connectedAt, ttl, ...(internal.subprotocol === SUBPROTOCOL && { protocol: true }) };
    const channels = context.services?.channels;
    if (channels && eventType !== 'MESSAGE')
      await openInChannels(channels, { ...row, user: encodedUser(userOf(event as WebSocketEvent)) });
    internal.kept = true;
    await table.put(row);
  };
  return { before: keepConnectionBefore };
};

const RULES = {
  ttlSeconds: { type: 'integer', minimum: 1, maximum: DEFAULT_TTL_SECONDS },
  table: SERVICE,
  user: { instanceof: 'Function' },
} as const;

const subOf = ({ requestContext: { authorizer } }: WebSocketEvent): string | undefined => {
  const sub = authorizer?.sub;
  return typeof sub === 'string' ? sub : undefined;
};

/**
 * @returns `''` for no user.
 * @throws {ClientError} `REFUSED`, which is 400, if the user has no name for its channel.
 */
const encodedUser = (user: string | undefined): string => {
  if (user === undefined) return '';
  if (typeof user !== 'string')
    throw new TypeError(`keepConnection: Expected user(event) to return a text or undefined, got ${typeof user}`);
  try {
    return encodeUser(user);
  } catch (error) {
    throw new ClientError('REFUSED', { reason: (error as Error).message });
  }
};

/** The row comes last: what a broadcast finds is open in the channels too. */
const openInChannels = async (channels: ChannelTable, connection: ChannelConnection): Promise<void> => {
  const { user } = connection;
  await channels.openConnection(connection);
  if (user !== '') await channels.putSubscription(`${USER_PREFIX}${user}`, connection);
};
