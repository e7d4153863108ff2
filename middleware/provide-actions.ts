import type { MiddlewareObj, Request } from '@middy/core';
import { assertDeliverable, createBroadcastRecord } from '../schemas/create-broadcast-record.ts';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';
import { postToCaller } from './support/post-to-caller.ts';
import type { RequestNotes, RouteContext } from './support/route-context.ts';

/** Puts `broadcast` and `reply` into the context; see {@link RouteContext}. Goes after `provideServices` and `logRequests`. */
export const provideActions = (): MiddlewareObj<RoutedEvent, unknown, Error, RouteContext, RequestNotes> => {
  const provideActionsBefore = (request: Request<RoutedEvent, unknown, Error, RouteContext, RequestNotes>): void => {
    const { event, context, internal } = request;
    const { connectionId, eventType } = event.requestContext;
    context.broadcast = async (data, options) => {
      const record = createBroadcastRecord(data, options);
      await context.services.queue.send(record);
      internal.broadcastIds = [...(internal.broadcastIds ?? []), record.id ?? ''];
    };
    context.reply = async (data) => {
      if (eventType === 'CONNECT' || eventType === 'DISCONNECT') {
        throw new Error(
          `reply() reaches nobody on ${eventType}: API Gateway delivers after the handshake, before the end`,
        );
      }
      assertDeliverable(data);
      const { outcome, detail } = await postToCaller(context, connectionId, data);
      if (outcome !== 'delivered' && outcome !== 'gone')
        throw new Error(`The reply was not delivered: ${outcome}, ${detail}`);
    };
  };
  return { before: provideActionsBefore };
};
