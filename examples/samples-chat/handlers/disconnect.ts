import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

export const handler = webSocketRoute().handler(async ({ requestContext }, { services }) => {
  await services.connections.delete(requestContext.connectionId);
  return { statusCode: 200, body: 'Disconnected' };
});
