import { webSocketRoute } from '../middleware/web-socket-route.ts';
import { ENDED_DELAY_SECONDS } from '../schemas/channels/ended-record.ts';
import '../aws/connections/dynamo-connection-table.ts'; // loads it with the function, because every event needs it

/**
 * Deletes the connection's row. With channels, it also ends the connection in their table, and its subscriptions are
 * removed 30 seconds later. API Gateway may send the event more than once, or not at all.
 */
export const handler = webSocketRoute().handler(async ({ requestContext: { connectionId } }, { services }) => {
  const { connections, channels, queue } = services;
  const endInChannels = async (): Promise<void> => {
    if (!(await channels?.endConnection(connectionId))) return;
    await queue.send({ v: 2, ended: [connectionId] }, { delaySeconds: ENDED_DELAY_SECONDS });
  };
  const [row, end] = await Promise.allSettled([connections.delete(connectionId), endInChannels()]);
  if (row.status === 'rejected') throw row.reason;
  if (end.status === 'rejected') throw end.reason;
});
