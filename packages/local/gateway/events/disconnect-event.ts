import type { WebSocketEvent, WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import { headerMaps } from './connect-event.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { stageVariables } from './stage-variables.ts';

/** The event of `$disconnect`. Its four headers are what AWS sends, empty ones too. It has no body and no query string. */
export const disconnectEvent = (
  { stage, domainName }: ConnectionFacts,
  context: WebSocketRequestContext,
): WebSocketEvent => {
  const headers = headerMaps([
    ['Host', domainName],
    ['x-api-key', ''],
    ['X-Forwarded-For', ''],
    ['x-restapi', ''],
  ]);
  return {
    headers: headers.single,
    multiValueHeaders: headers.multi,
    ...stageVariables(stage),
    requestContext: context,
    isBase64Encoded: false,
  };
};
