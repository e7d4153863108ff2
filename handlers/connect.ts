import { webSocketRoute } from '../middleware/web-socket-route.ts';
import { DEFAULT_TTL_SECONDS } from '../schemas/connection-row.ts';
import '../aws/dynamo-connection-table.ts'; // every event needs it: loaded with the function, not by the first of them

/** Writes the connection's row. If that fails, API Gateway refuses the handshake with 500. */
export const handler = webSocketRoute().handler(async ({ requestContext }, { services }) => {
  const { connectionId, connectedAt: connectedAtMs = Date.now() } = requestContext;
  const connectedAt = Math.floor(connectedAtMs / 1_000);
  await services.connections.put({ connectionId, connectedAt, ttl: connectedAt + DEFAULT_TTL_SECONDS });
});
