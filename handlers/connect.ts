import { keepConnection } from '../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../middleware/web-socket-route.ts';
import '../aws/connections/dynamo-connection-table.ts'; // loads it with the function, because every event needs it

/** Writes the connection's row. If that fails, API Gateway refuses the handshake with 500. */
export const handler = webSocketRoute()
  .use(keepConnection())
  .handler(() => {});
