import type { ConnectionTable } from '../aws/connections/connection-table.ts';
import type { ConnectionPoster } from '../aws/posting/connection-poster.ts';
import type { BroadcastQueue } from '../aws/queue/broadcast-queue.ts';
import { createBroadcastRecord, toMessageText } from '../schemas/create-broadcast-record.ts';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import { findPoster, findQueue, requestContextOf } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import { postToCaller } from './support/post-to-caller.ts';
import type { ContextOption, ContextWith, RequestNotes } from './support/route-context.ts';

export interface ProvideActionsOptions {
  /** Takes broadcasts. Default: that of `context.services`. */
  queue?: BroadcastQueue;
  /** Posts replies. Default: that of `context.services`, else one for the event's own API. */
  poster?: ConnectionPoster;
  /** Loses the row of a caller that is gone. Default: that of `context.services`, else none. */
  table?: ConnectionTable;
}

type ActionsContext = ContextWith<'broadcast' | 'reply'> & ContextOption<'services' | 'logger'>;

/**
 * Puts `broadcast` and `reply` into the context; see {@link RouteContext}. Works alone: what it needs is looked up when
 * one of them is called.
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
 * @throws {TypeError} at set-up for an option that does not exist or is wrong, and for an event of another source.
 */
export const provideActions = (
  options: ProvideActionsOptions = {},
): MiddlewareObj<RoutedEvent, unknown, Error, ActionsContext, RequestNotes> => {
  checkOptions('provideActions', { queue: SERVICE, poster: SERVICE, table: SERVICE }, options);
  const provideActionsBefore = (request: Request<RoutedEvent, unknown, Error, ActionsContext, RequestNotes>): void => {
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
          `reply() reaches nobody on ${eventType}: API Gateway delivers after the handshake, before the end`,
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
