import type { ConnectionTable } from '../aws/connections/connection-table.ts';
import type { ConnectionPoster } from '../aws/posting/connection-poster.ts';
import type { BroadcastQueue } from '../aws/queue/broadcast-queue.ts';
import { createBroadcastRecord, toMessageText } from '../schemas/create-broadcast-record.ts';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import { findPoster, findQueue, requestContextOf } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import { postToCaller } from './support/post-to-caller.ts';
import type { ContextOption, ContextWith, RequestState } from './support/route-context.ts';

export interface ProvideActionsOptions {
  /** Receives broadcasts. Default: the queue of `context.services`. */
  queue?: BroadcastQueue;
  /** Posts replies. Default: the poster of `context.services`, otherwise a poster for the event's own API. */
  poster?: ConnectionPoster;
  /** Deletes the row of a stale caller. Default: the table of `context.services`. Without a table, the row stays. */
  table?: ConnectionTable;
}

type ActionsContext = ContextWith<'broadcast' | 'reply'> & ContextOption<'services' | 'logger'>;

/**
 * Puts `broadcast` and `reply` into the context; see {@link RouteContext}. Needs no other middleware: it looks up a
 * queue or a poster when one of the two is called.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { provideActions, type WebSocketEvent } from 'middy-fanout';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(provideActions())
 *   .handler(async ({ body = '' }, { reply }) => {
 *     await reply(`You said: ${body}`);
 *     return { statusCode: 200 };
 *   });
 * ```
 * @throws {TypeError} at set-up if an option does not exist or is invalid, and at an event that is not a WebSocket
 * event.
 */
export const provideActions = (
  options: ProvideActionsOptions = {},
): MiddlewareObj<RoutedEvent, unknown, Error, ActionsContext, RequestState> => {
  checkOptions('provideActions', { queue: SERVICE, poster: SERVICE, table: SERVICE }, options);
  const provideActionsBefore = (request: Request<RoutedEvent, unknown, Error, ActionsContext, RequestState>): void => {
    const { event, context, internal } = request;
    const requestContext = requestContextOf('provideActions', event);
    const { connectionId, eventType } = requestContext;
    context.broadcast = async (data, broadcastOptions) => {
      const record = createBroadcastRecord(data, broadcastOptions);
      await findQueue('provideActions', options.queue, context).send(record);
      internal.broadcastIds = [...(internal.broadcastIds ?? []), record.id ?? ''];
    };
    context.reply = async (data) => {
      if (eventType === 'CONNECT' || eventType === 'DISCONNECT') {
        throw new Error(
          `reply() cannot reach the caller on ${eventType}: API Gateway delivers only while the connection is open`,
        );
      }
      const text = toMessageText(data);
      const poster = findPoster('provideActions', options.poster, context, requestContext);
      const table = options.table ?? context.services?.connections;
      const { outcome, detail } = await postToCaller({ poster, table, logger: context.logger }, connectionId, text);
      if (outcome !== 'delivered' && outcome !== 'gone')
        throw new Error(`The reply was not delivered: ${outcome}, ${detail}`);
    };
  };
  return { before: provideActionsBefore };
};
