import type { WebSocketEvent, WebSocketRequestContext } from '../schemas/web-socket-event.ts';
import { aRequestContext } from './a-request-context.ts';

/** A DISCONNECT event for a test: of a client that closed without a code, unless told otherwise. */
export const aDisconnectEvent = (overrides: Partial<WebSocketRequestContext> = {}): WebSocketEvent => {
  const requestContext = aRequestContext({
    routeKey: '$disconnect',
    eventType: 'DISCONNECT',
    disconnectStatusCode: 1005,
    disconnectReason: 'Client-side close frame status not set',
    ...overrides,
  });
  const { domainName } = requestContext;
  return {
    headers: { Host: domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
    multiValueHeaders: { Host: [domainName], 'x-api-key': [''], 'X-Forwarded-For': [''], 'x-restapi': [''] },
    requestContext,
    isBase64Encoded: false,
  };
};
