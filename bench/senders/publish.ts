import { chatMessage } from '../../examples/rooms/messages.validator.ts';
import { webSocketRoute } from '../../middleware/web-socket-route.ts';
import { defineChannels } from '../../schemas/channels/define-channels.ts';
import { sendMessage } from '../../schemas/send-message.validator.ts';
import '../../aws/channels/sqs-channel-queue.ts'; // loads it with the function, because every message needs it

const channels = defineChannels({ 'room:{room}': { message: chatMessage, history: { seconds: 3_600 } } });

/** Publishes the caller's message to a room: `handlers/send-message.ts` with `publish` in place of `broadcast`. */
export const handler = webSocketRoute(sendMessage, { channels }).handler(async (event, { publish }) => {
  await publish('room:42', { text: event.body.message });
});
