import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { sendMessage } from '../../../schemas/send-message.validator.ts';

/** Sends the message to all connections except its sender. */
export const handler = webSocketRoute(sendMessage).handler(async ({ body, requestContext }, { broadcast }) => {
  await broadcast(body.message, { except: requestContext.connectionId });
});
