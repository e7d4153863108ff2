/**
 * What the gateway has to say to the developer. `connection` is a short hash of the connection id, because the id itself
 * lets its holder post to the connection; no event carries the text of a message. `why` may hold a
 * refused handshake's Host or Upgrade, `reason` is the client's. What a function answered in
 * place of success is in `why`, at most 300 characters of it: for the terminal, and for no file.
 */
export type GatewayLogEvent =
  | { type: 'connected'; connection: string; stage: string }
  | { type: 'disconnected'; connection: string; code: number; reason: string }
  /** The handshake was refused. `why` is for the developer; the client sees the status. */
  | { type: 'refused'; statusCode: number; why: string }
  /** The gateway closed the connection for what the client sent. `why` is for the developer; the client sees the code. */
  | { type: 'closed'; connection: string; code: number; why: string }
  /** A route's integration answered nothing usable, or a status of 400 or more. Without `routeKey`: no route was found. */
  | { type: 'failed'; connection: string; routeKey?: string; requestId: string; why: string }
  /** A request that is no handshake was refused before a connection was looked up. `call` has no connection id or query. */
  | { type: 'call-refused'; call: string; statusCode: number; why: string };

export type GatewayLog = (event: GatewayLogEvent) => void;
