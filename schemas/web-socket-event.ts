/**
 * What API Gateway gives to a function, field by field as events were captured. The console's test event has only
 * `requestContext.connectionId`; our handlers take it too.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
export interface WebSocketEvent {
  requestContext: WebSocketRequestContext;
  /** Only on MESSAGE: the client's text, verbatim. */
  body?: string;
  isBase64Encoded?: boolean;
  /** On CONNECT the client's, in its own upper and lower case. Never on MESSAGE. */
  headers?: Readonly<Record<string, string>>;
  multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  /** Only on CONNECT, and only with a query string. */
  queryStringParameters?: Readonly<Record<string, string>>;
  multiValueQueryStringParameters?: Readonly<Record<string, readonly string[]>>;
  /** Only where the stage has any. */
  stageVariables?: Readonly<Record<string, string>>;
}

/** What our middlewares need of an event, so that they fit applications with event types of their own. */
export type RoutedEvent = Pick<WebSocketEvent, 'requestContext'>;

export interface WebSocketRequestContext {
  connectionId: string;
  /** `$connect`, `$disconnect`, `$default` or a key of our own. */
  routeKey: string;
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  /** New for each event. */
  requestId: string;
  extendedRequestId: string;
  /** `29/Nov/2023:08:04:01 +0000` */
  requestTime: string;
  /** Epoch milliseconds. */
  requestTimeEpoch: number;
  /** Epoch milliseconds, the same in each event of a connection. */
  connectedAt: number;
  messageDirection: 'IN';
  stage: string;
  domainName: string;
  apiId: string;
  identity: { sourceIp: string; userAgent?: string };
  /** Only on MESSAGE. */
  messageId?: string;
  /** What the authorizer of `$connect` answered: its principal and context. Only where there is one. */
  authorizer?: Readonly<Record<string, unknown>>;
  /** Only on DISCONNECT: the WebSocket close code, 1005 where the client gave none. */
  disconnectStatusCode?: number;
  /** Only on DISCONNECT. */
  disconnectReason?: string;
}

/** What a route's handler receives. */
export interface RouteEvent<Body = unknown> extends Omit<WebSocketEvent, 'body'> {
  /** With a validator: parsed, validated and typed from the schema. Without one: the text, `undefined` where there is none. */
  body: Body;
  /** The client's text, verbatim. `''` where the event has none. */
  rawBody: string;
}

/** What a route's function answers to API Gateway. It matters on `$connect`, and where a route has a route response. */
export interface RouteResponse {
  statusCode: number;
  headers?: Readonly<Record<string, string>>;
  /** Reaches the client only where the route has a route response. */
  body?: string;
}
