import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { sendData } from '../../send-data.validator.ts';

/** Everybody receives the data, its sender too. */
export const handler = webSocketRoute(sendData).handler(async ({ body }, { broadcast }) => {
  await broadcast(body.data);
  return { statusCode: 200, body: 'OK' };
});
