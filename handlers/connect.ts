import { answerSubprotocol } from '../middleware/connect/answer-subprotocol.ts';
import { keepConnection } from '../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../middleware/web-socket-route.ts';
import '../aws/connections/dynamo-connection-table.ts'; // loads it with the function, because every event needs it

/**
 * Writes the connection's row, and answers `fanout.v1` to a client that offers it. If a table cannot be written, API
 * Gateway refuses the handshake with 500.
 */
export const handler = webSocketRoute()
  .use(answerSubprotocol())
  .use(keepConnection())
  .handler(() => {});
