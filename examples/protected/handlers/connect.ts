import { answerSubprotocol } from '../../../middleware/connect/answer-subprotocol.ts';
import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/** A page offers its token as the second subprotocol, and is answered the first. */
export const handler = webSocketRoute()
  .use(answerSubprotocol(['chat']))
  .use(keepConnection())
  .handler(() => {});
