import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

export const handler = webSocketRoute().handler(async (_event, { reply }) => {
  await reply('Error: Invalid action type');
});
