import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { onMessage } from './on-message.validator.ts';

/** Sends the message to all connections, including its sender. */
export const handler = webSocketRoute(onMessage).handler(async ({ body }, { broadcast }) => {
  await broadcast(`Echo: ${body.message}`);
});
