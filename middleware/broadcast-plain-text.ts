import type { BroadcastQueue } from '../aws/queue/broadcast-queue.ts';
import { createBroadcastRecord } from '../schemas/create-broadcast-record.ts';
import type { RouteResponse, WebSocketEvent } from '../schemas/web-socket-event.ts';
import { looksLikeJson } from './body/refuse-malformed-json.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import { findQueue, requestContextOf } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import type { ContextOption, RequestState } from './support/route-context.ts';

export interface BroadcastPlainTextOptions {
  /** Also sends the text to its sender. Default false. */
  toSender?: boolean;
  /** Receives the text. Default: the queue of `context.services`. */
  queue?: BroadcastQueue;
}

type PlainTextRequest = Request<WebSocketEvent, RouteResponse, Error, ContextOption<'services'>, RequestState>;

/**
 * Broadcasts plain text unchanged, so that people can chat without writing JSON. Use it on `$default`: API Gateway
 * sends plain text to that route. Text that starts like JSON is passed to the handler.
 *
 * Put it after `provideServices`, or pass a queue. The route needs `can: ['broadcast']`.
 *
 * ```ts
 * import { broadcastPlainText, webSocketRoute } from 'middy-fanout';
 *
 * export const handler = webSocketRoute()
 *   .use(broadcastPlainText({ toSender: true }))
 *   .handler((_event, { reply }) => reply('Type a text'));
 * ```
 * @throws {TypeError} at set-up if an option does not exist or is invalid, and at an event that is not a WebSocket
 * event.
 * @throws {Error} at the first text if there is no queue.
 */
export const broadcastPlainText = (
  options: BroadcastPlainTextOptions = {},
): MiddlewareObj<WebSocketEvent, RouteResponse, Error, ContextOption<'services'>, RequestState> => {
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
