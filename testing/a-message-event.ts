import type { WebSocketEvent, WebSocketRequestContext } from '../schemas/web-socket-event.ts';
import { aRequestContext } from './a-request-context.ts';

export interface MessageEventOptions extends Partial<WebSocketRequestContext> {
  /** The client's text; anything but text is made JSON. Default: there is none, as in the console's test event. */
  body?: unknown;
}

/**
 * A MESSAGE event for a test.
 *
 * ```ts
 * await handler(aMessageEvent({ body: { action: 'send-message', message: 'hi' } }), aContext({ services }));
 * ```
 */
export const aMessageEvent = ({ body, ...overrides }: MessageEventOptions = {}): WebSocketEvent => ({
  requestContext: aRequestContext({ messageId: 'PJqB0cHsoAMCHlw=', ...overrides }),
  ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  isBase64Encoded: false,
});
