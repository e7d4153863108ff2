import type { WebSocketEvent, WebSocketRequestContext } from '../schemas/web-socket-event.ts';

const CONNECTED_AT_MS = Date.parse('2026-11-20T08:04:01.123Z');
const REQUEST_ID = 'PJqB0E1tKRcF-Qw=';

/** The request context of an event for a test, in the form of captured ones. */
export const aRequestContext = (overrides: Partial<WebSocketRequestContext>): WebSocketRequestContext => ({
  routeKey: '$default',
  eventType: 'MESSAGE',
  extendedRequestId: overrides.requestId ?? REQUEST_ID,
  requestTime: '20/Nov/2026:08:04:01 +0000',
  messageDirection: 'IN',
  stage: 'production',
  connectedAt: CONNECTED_AT_MS,
  requestTimeEpoch: CONNECTED_AT_MS + 1,
  identity: { sourceIp: '192.0.2.7', userAgent: 'wscat' },
  requestId: REQUEST_ID,
  domainName: 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com',
  connectionId: 'PJqB0fHsqRcCHlw=',
  apiId: 'a1b2c3d4e5',
  ...overrides,
});

export interface ConnectEventOptions extends Partial<WebSocketRequestContext> {
  /** The client's own, added to those that every client sends. */
  headers?: Readonly<Record<string, string>>;
  /** Default: no query string. */
  queryStringParameters?: Readonly<Record<string, string>>;
}

/**
 * A CONNECT event for a test.
 *
 * ```ts
 * import { aConnectEvent, aContext } from 'middy-fanout/testing';
 * import { handler } from './wave.ts';
 *
 * await handler(aConnectEvent({ queryStringParameters: { room: 'blue' } }), aContext());
 * ```
 */
export const aConnectEvent = (options: ConnectEventOptions = {}): WebSocketEvent => {
  const { headers: own = {}, queryStringParameters, ...overrides } = options;
  const requestContext = aRequestContext({ routeKey: '$connect', eventType: 'CONNECT', ...overrides });
  const headers = {
    Host: requestContext.domainName,
    'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'X-Amzn-Trace-Id': 'Root=1-655d1f11-3b8a2c1d0f4e5a6b7c8d9e0f',
    'X-Forwarded-For': requestContext.identity.sourceIp,
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
    ...own,
  };
  return {
    headers,
    multiValueHeaders: multiValue(headers),
    ...(queryStringParameters && {
      queryStringParameters,
      multiValueQueryStringParameters: multiValue(queryStringParameters),
    }),
    requestContext,
    isBase64Encoded: false,
  };
};

const multiValue = (values: Readonly<Record<string, string>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));

export interface MessageEventOptions extends Partial<WebSocketRequestContext> {
  /** The client's text; anything but text is made JSON. Default: there is none, as in the console's test event. */
  body?: unknown;
}

/**
 * A MESSAGE event for a test.
 *
 * ```ts
 * import { aContext, aMessageEvent } from 'middy-fanout/testing';
 * import { handler } from './wave.ts';
 *
 * await handler(aMessageEvent({ body: { action: 'wave', name: 'Ada' } }), aContext());
 * ```
 */
export const aMessageEvent = ({ body, ...overrides }: MessageEventOptions = {}): WebSocketEvent => ({
  requestContext: aRequestContext({ messageId: 'PJqB0cHsoAMCHlw=', ...overrides }),
  ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  isBase64Encoded: false,
});

/**
 * A DISCONNECT event for a test: of a client that closed without a code, unless told otherwise.
 *
 * ```ts
 * import { aContext, aDisconnectEvent } from 'middy-fanout/testing';
 * import { handler } from './wave.ts';
 *
 * await handler(aDisconnectEvent({ connectionId: 'c1', disconnectStatusCode: 1001 }), aContext());
 * ```
 */
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
