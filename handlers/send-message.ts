import { webSocketRoute } from '../middleware/web-socket-route.ts';
import { sendMessage } from '../schemas/send-message.validator.ts';
import '../aws/queue/sqs-broadcast-queue.ts'; // every message needs it: loaded with the function, not by the first of them

/** Sends the caller's message to everybody else. It is queued when this has answered; the fan-out delivers it. */
export const handler = webSocketRoute(sendMessage).handler(async (event, { broadcast }) => {
  await broadcast(event.body.message, { except: event.requestContext.connectionId });
});
