import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { onMessage } from './on-message.validator.ts';

/** Everybody receives the message, its sender too. */
export const handler = webSocketRoute(onMessage).handler(async ({ body }, { broadcast }) => {
  await broadcast(`Echo: ${body.message}`);
});
