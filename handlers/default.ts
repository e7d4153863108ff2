import { describeError } from '../aws/describe-error.ts';
import { refuseMalformedJson } from '../middleware/body/refuse-malformed-json.ts';
import { webSocketRoute } from '../middleware/web-socket-route.ts';
import '../aws/connections/sdk-connection-manager.ts'; // loads it with the function, because every message needs it

/** Answers a message that matches no route with a help text and the connection's info from API Gateway. */
export const handler = webSocketRoute()
  .use(refuseMalformedJson())
  .handler(async ({ requestContext: { connectionId } }, { services, reply, logger }) => {
    const info = await services.manager.inspect(connectionId).catch((error) => {
      // The help text is sent without the info.
      logger.warn('The info of the connection could not be read', { error: describeError(error) });
    });
    const yourInfo = JSON.stringify({ ...info, connectionId });
    await reply(`Use the send-message route to send a message. Your info: ${yourInfo}`);
  });
