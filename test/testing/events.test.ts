import { describe, expect, it } from '@jest/globals';
import { aConnectEvent, aDisconnectEvent, aMessageEvent } from '../../testing/index.ts';

const COMMON = [
  'apiId',
  'connectedAt',
  'connectionId',
  'domainName',
  'eventType',
  'extendedRequestId',
  'identity',
  'messageDirection',
  'requestId',
  'requestTime',
  'requestTimeEpoch',
  'routeKey',
  'stage',
];

describe('the event builders have the fields of API Gateway’s events', () => {
  it('MESSAGE has no headers and no query', () => {
    const event = aMessageEvent({ body: { action: 'x' } });
    expect(Object.keys(event).sort()).toEqual(['body', 'isBase64Encoded', 'requestContext']);
    expect(Object.keys(event.requestContext).sort()).toEqual([...COMMON, 'messageId'].sort());
    expect(event.body).toBe('{"action":"x"}');
  });

  it('CONNECT has two forms of headers, without hop-by-hop headers, and no body', () => {
    const event = aConnectEvent({ headers: { Origin: 'https://chat.example' } });
    expect(Object.keys(event).sort()).toEqual(['headers', 'isBase64Encoded', 'multiValueHeaders', 'requestContext']);
    expect(Object.keys(event.requestContext).sort()).toEqual(COMMON);
    expect(event.multiValueHeaders).toMatchObject({ Origin: ['https://chat.example'], 'X-Forwarded-Proto': ['https'] });
    expect(event.headers).not.toHaveProperty('Connection');
    expect(event.headers).not.toHaveProperty('Upgrade');
  });

  it('CONNECT has two forms of a query, if it has one', () => {
    expect(aConnectEvent({ queryStringParameters: { token: 't' } })).toMatchObject({
      queryStringParameters: { token: 't' },
      multiValueQueryStringParameters: { token: ['t'] },
    });
  });

  it('DISCONNECT has four headers, a code and a reason', () => {
    const event = aDisconnectEvent({ disconnectStatusCode: 1001, disconnectReason: 'Going away' });
    expect(Object.keys(event.headers ?? {})).toEqual(['Host', 'x-api-key', 'X-Forwarded-For', 'x-restapi']);
    expect(event.requestContext).toMatchObject({ disconnectStatusCode: 1001, disconnectReason: 'Going away' });
    expect(event).not.toHaveProperty('body');
  });

  it('an event has the same requestId and extendedRequestId', () => {
    const { requestId, extendedRequestId } = aMessageEvent({ requestId: 'r1' }).requestContext;
    expect([requestId, extendedRequestId]).toEqual(['r1', 'r1']);
  });
});
