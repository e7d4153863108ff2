import type { WebSocketEvent, WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import type { Stage } from '../../model/application.ts';
import { stageVariables } from './stage-variables.ts';

/** The event of a message: the text as it came. It has no headers and no query string. */
export const messageEvent = (stage: Stage, context: WebSocketRequestContext, body: string): WebSocketEvent => ({
  ...stageVariables(stage),
  requestContext: context,
  body,
  isBase64Encoded: false,
});
