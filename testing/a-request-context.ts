import type { WebSocketRequestContext } from '../schemas/web-socket-event.ts';

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
