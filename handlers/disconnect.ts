import { webSocketRoute } from '../middleware/web-socket-route.ts';
import '../aws/connections/dynamo-connection-table.ts'; // loads it with the function, because every event needs it

/** Deletes the connection's row. API Gateway may send the event more than once, or not at all. */
export const handler = webSocketRoute().handler(async ({ requestContext: { connectionId } }, { services }) => {
  await services.connections.delete(connectionId);
});
