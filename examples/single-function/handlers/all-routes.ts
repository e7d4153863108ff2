import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/** One function for all routes. A row expires an hour after the last message of its connection. */
export const handler = webSocketRoute()
  .use(keepConnection({ ttlSeconds: 3_600 }))
  .handler(async ({ body, requestContext: { routeKey, connectionId } }, { services, reply }) => {
    if (routeKey === '$connect') return;
    if (routeKey === '$disconnect') await services.connections.delete(connectionId);
    else await reply(`Received on ${routeKey}: ${body}`);
  });
