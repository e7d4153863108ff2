import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/** A graceful goodbye: the client reads `bye!`, then the server closes the connection. */
export const handler = webSocketRoute().handler(async ({ requestContext }, { reply, services }) => {
  await reply('bye!');
  await services.manager.disconnect(requestContext.connectionId);
});
