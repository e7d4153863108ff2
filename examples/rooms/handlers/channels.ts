import { channelRoutes } from '../../../middleware/channel-routes.ts';
import { channels } from '../channels.ts';

/** A user whose name contains `banned` is refused on every channel. */
export const handler = channelRoutes(channels, { authorize: ({ user = '' }) => !user.includes('banned') });
