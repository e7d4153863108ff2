/**
 * What the gateway has to say to the developer. `connection` is a short hash of the connection id, because the id itself
 * lets its holder post to the connection; no event carries the text of a message or a header.
 */
export type GatewayLogEvent =
  | { type: 'connected'; connection: string; stage: string }
  | { type: 'disconnected'; connection: string; code: number; reason: string }
  /** The handshake was refused. `why` is for the developer; the client sees the status. */
  | { type: 'refused'; statusCode: number; why: string }
  /** The gateway closed the connection for what the client sent. `why` is for the developer; the client sees the code. */
  | { type: 'closed'; connection: string; code: number; why: string }
  /** A route's integration answered nothing usable. */
  | { type: 'failed'; connection: string; routeKey: string; requestId: string; why: string }
  /** A call of `@connections` was refused before a connection was looked up. */
  | { type: 'call-refused'; statusCode: number; why: string };

export type GatewayLog = (event: GatewayLogEvent) => void;
