import type { WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import type { WebSocketApi } from '../../model/application.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ConnectionFacts } from './connection-facts.ts';

/** What each event says of its API, and the clock that gives its time. */
export interface ContextSource {
  api: WebSocketApi;
  clock: Clock;
}

/** What differs from event to event. */
interface EventDetails extends Pick<WebSocketRequestContext, 'routeKey' | 'eventType' | 'requestId'> {
  /** Fields that only one type of event has. */
  facts?: Pick<WebSocketRequestContext, 'messageId' | 'disconnectStatusCode' | 'disconnectReason'>;
}

/**
 * The `requestContext` of an event. `requestId` and `extendedRequestId` are the same, and `messageDirection` is always
 * `IN`, as in every event logged on AWS.
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
const two = (part: number): string => String(part).padStart(2, '0');

/** `requestTime` of an event: epoch milliseconds as `29/Nov/2023:08:04:01 +0000`, in UTC. */
export const formatRequestTime = (epochMs: number): string => {
  const time = new Date(epochMs);
  const date = `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  return `${date}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
};
