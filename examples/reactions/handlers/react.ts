import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { react } from './react.validator.ts';

/** A second message type beside text: whoever watches counts the reactions as they come. */
export const handler = webSocketRoute(react).handler(async ({ body }, { broadcast }) => {
  await broadcast({ reaction: body.reaction });
});
