import { answerSubprotocol } from '../../../middleware/connect/answer-subprotocol.ts';
import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/**
 * The user is the query parameter `user`. This does not authenticate anybody: a client can write any name. An
 * application with an authorizer has the user of its token without this option.
 */
export const handler = webSocketRoute()
  .use(answerSubprotocol())
  .use(keepConnection({ user: ({ queryStringParameters }) => queryStringParameters?.user }))
  .handler(() => {});
