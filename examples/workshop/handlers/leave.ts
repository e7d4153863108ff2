import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/** Answers `bye!`, then closes the connection. */
export const handler = webSocketRoute().handler(async ({ requestContext }, { reply, services }) => {
  await reply('bye!');
  await services.manager.disconnect(requestContext.connectionId);
});
