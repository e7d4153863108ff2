import { webSocketRoute } from '../middleware/web-socket-route.ts';
import { sendMessage } from '../schemas/send-message.validator.ts';
import '../aws/queue/sqs-broadcast-queue.ts'; // loads it with the function, because every message needs it

/** Queues the caller's message for all other connections. The fan-out delivers it. */
export const handler = webSocketRoute(sendMessage).handler(async (event, { broadcast }) => {
  await broadcast(event.body.message, { except: event.requestContext.connectionId });
});
