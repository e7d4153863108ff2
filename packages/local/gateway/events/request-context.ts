import type { WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import type { WebSocketApi } from '../../model/application.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ConnectionFacts } from './connection-facts.ts';

/** The API that events name, and the clock that gives their time. */
export interface ContextSource {
  api: WebSocketApi;
  clock: Clock;
}

/** The fields that differ between the events of one connection. */
interface EventDetails extends Pick<WebSocketRequestContext, 'routeKey' | 'eventType' | 'requestId'> {
  /** Fields that only one type of event has. */
  facts?: Pick<WebSocketRequestContext, 'messageId' | 'disconnectStatusCode' | 'disconnectReason'>;
}

/**
 * Makes the `requestContext` of an event. `requestId` and `extendedRequestId` are the same, and `messageDirection` is
 * always `IN`, as in every event logged on AWS.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export const requestContext = (
  { api, clock }: ContextSource,
  { connectionId, stage, domainName, connectedAt, identity, authorizer }: ConnectionFacts,
  event: EventDetails,
): WebSocketRequestContext => {
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

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const twoDigits = (part: number): string => String(part).padStart(2, '0');

/** Formats epoch milliseconds as the `requestTime` of an event, in UTC: `29/Nov/2023:08:04:01 +0000`. */
export const formatRequestTime = (epochMs: number): string => {
  const time = new Date(epochMs);
  const date = `${twoDigits(time.getUTCDate())}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  return `${date}:${twoDigits(time.getUTCHours())}:${twoDigits(time.getUTCMinutes())}:${twoDigits(time.getUTCSeconds())} +0000`;
};
