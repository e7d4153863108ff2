import type { WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import { type Handshake, multiValue, type NameValues } from './handshake.ts';
import { headerMaps } from './route-events.ts';

/**
 * The event of a REQUEST authorizer. Unlike the event of `$connect`, it has the headers `Connection` and `Upgrade`, its
 * maps may be empty, and it has no `isBase64Encoded`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export const authorizerEvent = (
  { query, stage }: Handshake,
  headers: NameValues,
  context: WebSocketRequestContext,
  methodArn: string,
): Readonly<Record<string, unknown>> => {
  const sent = headerMaps([['Connection', 'upgrade'], ['content-length', '0'], ...headers, ['Upgrade', 'websocket']]);
  const { single, multi } = multiValue(query);
  return {
    type: 'REQUEST',
    methodArn,
    headers: sent.single,
    multiValueHeaders: sent.multi,
    queryStringParameters: single,
    multiValueQueryStringParameters: multi,
    stageVariables: stage.variables,
    requestContext: context,
  };
};
