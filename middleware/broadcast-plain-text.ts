import type { MiddlewareObj, Request } from '@middy/core';
import type { RouteResponse, WebSocketEvent } from '../schemas/web-socket-event.ts';
import { looksLikeJson } from './refuse-malformed-json.ts';
import type { ContextWith } from './support/route-context.ts';

export interface BroadcastPlainTextOptions {
  /** Whether who typed the text receives it too. Default false. */
  toSender?: boolean;
}

/**
 * Broadcasts plain text as it was typed, so that people can chat without writing JSON. For `$default`, where API Gateway
 * sends it. An object or an array, and text that was meant to be one, goes on to the handler.
 * Goes after `provideActions`; the route needs `can: ['broadcast']`.
 */
export const broadcastPlainText = ({
  toSender = false,
}: BroadcastPlainTextOptions = {}): MiddlewareObj<WebSocketEvent, RouteResponse, Error, ContextWith<'broadcast'>> => {
  const broadcastPlainTextBefore = async ({
    event: { body, requestContext },
    context,
  }: Request<WebSocketEvent, RouteResponse, Error, ContextWith<'broadcast'>>): Promise<RouteResponse | undefined> => {
    if (!body?.trim() || looksLikeJson(body)) return undefined;
    await context.broadcast(body, toSender ? {} : { except: requestContext.connectionId });
    return { statusCode: 200 };
  };
  return { before: broadcastPlainTextBefore };
};
