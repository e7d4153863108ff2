import type { ConnectionTable } from '../../aws/connections/connection-table.ts';
import { DEFAULT_TTL_SECONDS } from '../../schemas/connections/connection-row.ts';
import type { RoutedEvent } from '../../schemas/web-socket-event.ts';
import { checkOptions, SERVICE } from '../support/check-options.ts';
import { findTable, requestContextOf } from '../support/find-services.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { ContextOption } from '../support/route-context.ts';
import { tokenExpiry } from './refuse-expired-token.ts';

export interface KeepConnectionOptions {
  /** Life of the row, counted from this event, in seconds: 1 to 7,500. Default 7,500. */
  ttlSeconds?: number;
  /** Stores the row. Default: the table of `context.services`. */
  table?: ConnectionTable;
}

type KeepRequest = Request<RoutedEvent, unknown, Error, ContextOption<'services'>>;

/**
 * Writes the connection's row before the handler runs.
 * - On `$connect`, this makes broadcasts reach the connection from then on.
 * - On a message route, the life of the row starts again, so that an active connection keeps its row.
 * - On `$disconnect` it does nothing.
 *
 * The row expires with the token that authorized its connection. If the token has expired, or its `exp` is not a
 * positive number, no row is written.
 *
 * Each event costs one PutItem. `$connect` has the permission, a message route needs `can: ['keep']`.
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
): MiddlewareObj<RoutedEvent, unknown, Error, ContextOption<'services'>> => {
  checkOptions(
    'keepConnection',
    { ttlSeconds: { type: 'integer', minimum: 1, maximum: DEFAULT_TTL_SECONDS }, table: SERVICE },
    options,
  );
  const { ttlSeconds = DEFAULT_TTL_SECONDS } = options;
  const keepConnectionBefore = async ({ event, context }: KeepRequest): Promise<void> => {
    const requestContext = requestContextOf('keepConnection', event);
    const table = findTable('keepConnection', options.table, context);
    const { connectionId, eventType, connectedAt: connectedAtMs = Date.now() } = requestContext;
    if (eventType === 'DISCONNECT') return;
    const connectedAt = Math.floor(connectedAtMs / 1_000);
    const countedFrom = eventType === 'MESSAGE' ? Math.floor(Date.now() / 1_000) : connectedAt;
    const expiry = Math.floor(tokenExpiry(requestContext)); // DynamoDB reads whole seconds
    if (expiry <= countedFrom) return;
    const ttl = Math.min(countedFrom + ttlSeconds, expiry);
    await table.put({ connectionId, connectedAt, ttl });
  };
  return { before: keepConnectionBefore };
};
