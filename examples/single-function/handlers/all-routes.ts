import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/** One function for every route. A row lives an hour from its connection's last message on. */
export const handler = webSocketRoute()
  .use(keepConnection({ ttlSeconds: 3_600 }))
  .handler(async ({ body, requestContext: { routeKey, connectionId } }, { services, reply }) => {
    if (routeKey === '$connect') return;
    if (routeKey === '$disconnect') await services.connections.delete(connectionId);
    else await reply(`Received on ${routeKey}: ${body}`);
  });
