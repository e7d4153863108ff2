import type { BroadcastQueue } from '../aws/queue/broadcast-queue.ts';
import { createBroadcastRecord } from '../schemas/create-broadcast-record.ts';
import type { RouteResponse, WebSocketEvent } from '../schemas/web-socket-event.ts';
import { looksLikeJson } from './refuse-malformed-json.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import { findQueue, requestContextOf } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import type { ContextOption, RequestNotes } from './support/route-context.ts';

export interface BroadcastPlainTextOptions {
  /** Whether the sender receives the text too. Default false. */
  toSender?: boolean;
  /** Takes the text. Default: that of `context.services`. */
  queue?: BroadcastQueue;
}

type PlainTextRequest = Request<WebSocketEvent, RouteResponse, Error, ContextOption<'services'>, RequestNotes>;

/**
 * Broadcasts plain text as it was typed, so that people can chat without writing JSON. For `$default`, where API Gateway
 * sends it. Text that starts like JSON goes on to the handler.
 * Goes after `provideServices`, unless it is given a queue; the route needs `can: ['broadcast']`.
 *
 * ```ts
 * import { broadcastPlainText, webSocketRoute } from 'middy-fanout';
 *
 * export const handler = webSocketRoute()
 *   .use(broadcastPlainText({ toSender: true }))
 *   .handler((_event, { reply }) => reply('Type a text'));
 * ```
 * @throws {TypeError} at set-up for an option that does not exist or is wrong, and for an event of another source.
 * @throws {Error} for the first text if there is no queue.
 */
export const broadcastPlainText = (
  options: BroadcastPlainTextOptions = {},
): MiddlewareObj<WebSocketEvent, RouteResponse, Error, ContextOption<'services'>, RequestNotes> => {
  checkOptions('broadcastPlainText', { toSender: { type: 'boolean' }, queue: SERVICE }, options);
  const broadcastPlainTextBefore = async ({
    event,
    context,
    internal,
  }: PlainTextRequest): Promise<RouteResponse | undefined> => {
    const { connectionId } = requestContextOf('broadcastPlainText', event);
    const { body } = event;
    if (typeof body !== 'string' || !body.trim() || looksLikeJson(body)) return undefined;
    const record = createBroadcastRecord(body, options.toSender ? {} : { except: connectionId });
    await findQueue('broadcastPlainText', options.queue, context).send(record);
    internal.broadcastIds = [...(internal.broadcastIds ?? []), record.id ?? ''];
    return { statusCode: 200 };
  };
  return { before: broadcastPlainTextBefore };
};
