import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { sendData } from '../../send-data.validator.ts';

/** Sends the data to all connections. The echo tells the sender that it arrived. */
export const handler = webSocketRoute(sendData).handler(async ({ body }, { broadcast }) => {
  await broadcast(body.data);
  return { statusCode: 200, body: 'Data sent.' };
});
