import { answerSubprotocol } from '../../../middleware/connect/answer-subprotocol.ts';
import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/** A page offers its token as the second subprotocol. The answer has the first one. */
export const handler = webSocketRoute()
  .use(answerSubprotocol(['chat']))
  .use(keepConnection())
  .handler(() => {});
