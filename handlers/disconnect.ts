import { webSocketRoute } from '../middleware/web-socket-route.ts';
import '../aws/connections/dynamo-connection-table.ts'; // every event needs it: loaded with the function, not by the first of them

/** Deletes the connection's row, or finds it deleted: API Gateway may send the event never, or more than once. */
export const handler = webSocketRoute().handler(async ({ requestContext: { connectionId } }, { services }) => {
  await services.connections.delete(connectionId);
});
