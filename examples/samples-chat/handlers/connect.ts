import { keepConnection } from '../../../middleware/connect/keep-connection.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

export const handler = webSocketRoute()
  .use(keepConnection())
  .handler(() => ({ statusCode: 200, body: 'Connected' }));
