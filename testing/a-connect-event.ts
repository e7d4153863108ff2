import type { WebSocketEvent, WebSocketRequestContext } from '../schemas/web-socket-event.ts';
import { aRequestContext } from './a-request-context.ts';

export interface ConnectEventOptions extends Partial<WebSocketRequestContext> {
  /** The client's own, added to those that every client sends. */
  headers?: Readonly<Record<string, string>>;
  /** Default: no query string. */
  queryStringParameters?: Readonly<Record<string, string>>;
}

/** A CONNECT event for a test: `aConnectEvent({ queryStringParameters: { room: 'blue' } })`. */
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
