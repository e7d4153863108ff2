import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { react } from './react.validator.ts';

/** A second message type beside text. The clients count the reactions. */
export const handler = webSocketRoute(react).handler(async ({ body }, { broadcast }) => {
  await broadcast({ reaction: body.reaction });
});
