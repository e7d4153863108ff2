import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { sendData } from '../../send-data.validator.ts';

/** Sends the data to all connections, including its sender. */
export const handler = webSocketRoute(sendData).handler(async ({ body }, { broadcast }) => {
  await broadcast(body.data);
  return { statusCode: 200, body: 'OK' };
});
