import type { MiddlewareObj, Request } from '@middy/core';
import { DEFAULT_TTL_SECONDS } from '../../schemas/connection-row.ts';
import type { RoutedEvent } from '../../schemas/web-socket-event.ts';
import type { ContextWith } from '../support/route-context.ts';
import { tokenExpiry } from './refuse-expired-token.ts';

export interface KeepConnectionOptions {
  /** How long the row lives from this event on, in seconds: 1 to 7,500. Default 7,500. */
  ttlSeconds?: number;
}

/**
 * Writes the connection's row before the handler runs. On `$connect` that makes the connection one that broadcasts reach;
 * on a message route it counts the row's life from that message on, so that activity keeps it. On `$disconnect` it does
 * nothing. A row never outlives the token that its connection was authorized with; none is written if that has expired,
 * or if its `exp` is not a positive number.
 *
 * Each event costs one PutItem, which `$connect` is granted and a message route is by `can: ['keep']`.
 * @throws {RangeError} at set-up, where `ttlSeconds` is out of its bounds.
 */
export const keepConnection = ({
  ttlSeconds = DEFAULT_TTL_SECONDS,
}: KeepConnectionOptions = {}): MiddlewareObj<RoutedEvent, unknown, Error, ContextWith<'services'>> => {
  if (!(Number.isInteger(ttlSeconds) && ttlSeconds >= 1 && ttlSeconds <= DEFAULT_TTL_SECONDS)) {
    throw new RangeError(`Expected ttlSeconds to be an integer from 1 to ${DEFAULT_TTL_SECONDS}, got ${ttlSeconds}`);
  }
  const keepConnectionBefore = async ({
    event: { requestContext },
    context: { services },
  }: Request<RoutedEvent, unknown, Error, ContextWith<'services'>>): Promise<void> => {
    const { connectionId, eventType, connectedAt: connectedAtMs = Date.now() } = requestContext;
    if (eventType === 'DISCONNECT') return;
    const connectedAt = Math.floor(connectedAtMs / 1_000);
    const countedFrom = eventType === 'MESSAGE' ? Math.floor(Date.now() / 1_000) : connectedAt;
    const expiry = Math.floor(tokenExpiry(requestContext)); // DynamoDB expires rows by whole seconds
    if (expiry <= countedFrom) return;
    const ttl = Math.min(countedFrom + ttlSeconds, expiry);
    await services.connections.put({ connectionId, connectedAt, ttl });
  };
  return { before: keepConnectionBefore };
};
