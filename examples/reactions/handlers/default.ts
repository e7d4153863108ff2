import { refuseMalformedJson } from '../../../middleware/body/refuse-malformed-json.ts';
import { broadcastPlainText } from '../../../middleware/broadcast-plain-text.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';

/** Sends plain text to all connections. */
export const handler = webSocketRoute()
  .use(refuseMalformedJson())
  .use(broadcastPlainText({ toSender: true }))
  .handler(async (_event, { reply }) => {
    await reply('Type a text, or {"action":"react","reaction":"👏"}');
  });
