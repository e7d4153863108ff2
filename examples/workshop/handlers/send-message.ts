import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { sendData } from '../../send-data.validator.ts';

/** Everybody receives the data, its sender too: a read receipt, being an echo. */
export const handler = webSocketRoute(sendData).handler(async ({ body }, { broadcast }) => {
  await broadcast(body.data);
  return { statusCode: 200, body: 'Data sent.' };
});
