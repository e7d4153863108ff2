import type { WebSocketEvent, WebSocketRequestContext } from '../schemas/web-socket-event.ts';

const CONNECTED_AT_MS = Date.parse('2026-11-20T08:04:01.123Z');
const REQUEST_ID = 'PJqB0E1tKRcF-Qw=';

/** Creates the request context of an event for a test, with the fields of captured events. */
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
  /** Headers of this client, added to the headers that every client sends. */
  headers?: Readonly<Record<string, string>>;
  /** Default: no query string. */
  queryStringParameters?: Readonly<Record<string, string>>;
}

/**
 * Creates a CONNECT event for a test.
 *
 * ```ts
 * import { aConnectEvent, aContext } from 'middy-fanout/testing';
 * import { handler } from './wave.ts';
 *
 * await handler(aConnectEvent({ queryStringParameters: { room: 'blue' } }), aContext());
 * ```
 */
export const aConnectEvent = (options: ConnectEventOptions = {}): WebSocketEvent => {
  const { headers: clientHeaders = {}, queryStringParameters, ...overrides } = options;
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
    ...clientHeaders,
  };
  return {
    headers,
    multiValueHeaders: toMultiValue(headers),
    ...(queryStringParameters && {
      queryStringParameters,
      multiValueQueryStringParameters: toMultiValue(queryStringParameters),
    }),
    requestContext,
    isBase64Encoded: false,
  };
};

const toMultiValue = (values: Readonly<Record<string, string>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));

export interface MessageEventOptions extends Partial<WebSocketRequestContext> {
  /** The client's text. Any other value becomes JSON. Default: no body, as in the console's test event. */
  body?: unknown;
}

/**
 * Creates a MESSAGE event for a test.
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
 * Creates a DISCONNECT event for a test. By default the client closed without a code.
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
