import type { WebSocketEvent, WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import type { Stage } from '../../model/application.ts';
import { newTraceRoot } from '../../model/new-trace-root.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { type Handshake, type MultiValue, multiValue, type NameValues } from './handshake.ts';

/** The `stageVariables` of an event. Absent if the stage has no variables. */
export const stageVariables = ({ variables }: Stage): { stageVariables?: Stage['variables'] } =>
  Object.keys(variables).length > 0 ? { stageVariables: variables } : {};

const HOP_BY_HOP = new Set(['connection', 'upgrade']);
const lowerCase = (name: string): string => name.toLowerCase();

/**
 * The client's headers without `Connection` and `Upgrade`, and the headers that AWS adds. The port is 443 and the
 * protocol https, because TLS ends before API Gateway.
 */
export const forwardedHeaders = ({ headers, sourceIp, domainName }: Handshake, epochMs: number): NameValues => {
  const value = (wanted: string): string | undefined => headers.findLast(([name]) => lowerCase(name) === wanted)?.[1];
  const forwardedFor = value('x-forwarded-for');
  const added: NameValues = [
    ['Host', domainName],
    ['X-Amzn-Trace-Id', value('x-amzn-trace-id') ?? newTraceRoot(epochMs)],
    ['X-Forwarded-For', forwardedFor === undefined ? sourceIp : `${forwardedFor}, ${sourceIp}`],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
  const replaced = new Set(added.map(([name]) => lowerCase(name)));
  const kept = headers.filter(([name]) => !HOP_BY_HOP.has(lowerCase(name)) && !replaced.has(lowerCase(name)));
  return [...added, ...kept];
};

/** The `headers` and `multiValueHeaders` of an event. Names that differ only in case are one header. */
export const headerMaps = (headers: NameValues): MultiValue => multiValue(headers, lowerCase);

/**
 * The event of `$connect`. It has no body. It has query string maps only if the URL has a query string.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
export const connectEvent = (
  handshake: Handshake,
  headers: NameValues,
  context: WebSocketRequestContext,
): WebSocketEvent => {
  const sent = headerMaps(headers);
  const query = multiValue(handshake.query);
  return {
    headers: sent.single,
    multiValueHeaders: sent.multi,
    ...(handshake.query.length > 0 && {
      queryStringParameters: query.single,
      multiValueQueryStringParameters: query.multi,
    }),
    ...stageVariables(handshake.stage),
    requestContext: context,
    isBase64Encoded: false,
  };
};

/** The event of a message, with its text unchanged. It has no headers and no query string. */
export const messageEvent = (stage: Stage, context: WebSocketRequestContext, body: string): WebSocketEvent => ({
  ...stageVariables(stage),
  requestContext: context,
  body,
  isBase64Encoded: false,
});

/**
 * The event of `$disconnect`: four headers, three of them empty, as AWS sends it. It has no body and no query string.
 */
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
