import { describeError } from '../aws/describe-error.ts';
import { refuseMalformedJson } from '../middleware/refuse-malformed-json.ts';
import { webSocketRoute } from '../middleware/web-socket-route.ts';
import '../aws/connections/sdk-connection-manager.ts'; // every message needs it: loaded with the function

/** Tells who sent something that no route takes how to use the chat, and what API Gateway knows of the connection. */
export const handler = webSocketRoute()
  .use(refuseMalformedJson())
  .handler(async ({ requestContext: { connectionId } }, { services, reply, logger }) => {
    const info = await services.manager.inspect(connectionId).catch((error) => {
      logger.warn('The connection was not looked up', { error: describeError(error) }); // the help is worth more
    });
    const yourInfo = JSON.stringify({ ...info, connectionId });
    await reply(`Use the send-message route to send a message. Your info: ${yourInfo}`);
  });
