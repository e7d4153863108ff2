import { answerSubprotocol } from '../../../middleware/connect/answer-subprotocol.ts';
import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/**
 * The user is the query parameter `user`. This is no authentication: anybody can write any name. An application takes
 * the user from its authorizer, as `protected` does.
 */
export const handler = webSocketRoute()
  .use(answerSubprotocol())
  .use(keepConnection({ user: ({ queryStringParameters }) => queryStringParameters?.user }))
  .handler(() => {});
