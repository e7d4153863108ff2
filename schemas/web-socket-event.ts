/**
 * The event that API Gateway sends to a function, as in captured events. The test event of the console has only
 * `requestContext.connectionId`. The handlers accept it too.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
export interface WebSocketEvent {
  requestContext: WebSocketRequestContext;
  /** Only on MESSAGE: the client's text, verbatim. */
  body?: string;
  isBase64Encoded?: boolean;
  /** On CONNECT, the headers of the client with their case unchanged. Never on MESSAGE. */
  headers?: Readonly<Record<string, string>>;
  multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  /** Only on CONNECT, and only with a query string. */
  queryStringParameters?: Readonly<Record<string, string>>;
  multiValueQueryStringParameters?: Readonly<Record<string, readonly string[]>>;
  /** Only if the stage has variables. */
  stageVariables?: Readonly<Record<string, string>>;
}

/** The part of an event that the middlewares need, so that they accept the event types of other applications. */
export type RoutedEvent = Pick<WebSocketEvent, 'requestContext'>;

export interface WebSocketRequestContext {
  connectionId: string;
  /** `$connect`, `$disconnect`, `$default` or a custom route key. */
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
  /** The principal and context that the authorizer of `$connect` returned. Only if `$connect` has an authorizer. */
  authorizer?: Readonly<Record<string, unknown>>;
  /** Only on DISCONNECT: the WebSocket close code, 1005 if the client sent no code. */
  disconnectStatusCode?: number;
  /** Only on DISCONNECT. */
  disconnectReason?: string;
}

/** The event of a route's handler. */
export interface RouteEvent<Body = unknown> extends Omit<WebSocketEvent, 'body'> {
  /**
   * With a validator: parsed, validated and typed from the schema. Otherwise the text, or `undefined` if it is missing.
   */
  body: Body;
  /** The client's text, verbatim. `''` if the event has no body. */
  rawBody: string;
}

/** The answer of a route's function to API Gateway. It matters on `$connect`, and if the route has a route response. */
export interface RouteResponse {
  statusCode: number;
  headers?: Readonly<Record<string, string>>;
  /** Reaches the client only if the route has a route response. */
  body?: string;
}
