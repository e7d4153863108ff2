import type { RunningApi } from '../running-api.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { formatRequestTime } from './format-request-time.ts';

export type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

/** Fields that only one type of event has: `messageId`, or `disconnectStatusCode` and `disconnectReason`. */
export type EventFacts = Readonly<Record<string, string | number>>;

export type RequestContext = Readonly<Record<string, unknown>>;

/**
 * The `requestContext` of an event. `requestId` and `extendedRequestId` are the same, and `messageDirection` is always
 * `IN`, as in every event logged on AWS.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export const requestContext = (
  { api, clock }: RunningApi,
  { connectionId, stage, domainName, connectedAt, identity, authorizer }: ConnectionFacts,
  event: { routeKey: string; eventType: EventType; requestId: string; facts?: EventFacts },
): RequestContext => {
  const requestTimeEpoch = clock.now();
  return {
    routeKey: event.routeKey,
    ...(authorizer && { authorizer }),
    ...event.facts,
    eventType: event.eventType,
    extendedRequestId: event.requestId,
    requestTime: formatRequestTime(requestTimeEpoch),
    messageDirection: 'IN',
    stage: stage.name,
    connectedAt,
    requestTimeEpoch,
    identity,
    requestId: event.requestId,
    domainName,
    connectionId,
    apiId: api.apiId,
  };
};
