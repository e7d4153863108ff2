import type { WebSocketEvent } from './web-socket-event.ts';

/** What a route's handler receives. */
export interface RouteEvent<Body = unknown> extends Omit<WebSocketEvent, 'body'> {
  /** With a validator: parsed, validated and typed from the schema. Without one: the text, `undefined` where there is none. */
  body: Body;
  /** The client's text, verbatim. `''` where the event has none. */
  rawBody: string;
}
