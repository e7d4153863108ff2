import { defineChannels } from '../../schemas/channels/define-channels.ts';
import { chatMessage, headline, typing } from './messages.validator.ts';

export const channels = defineChannels({
  'room:{room}': { message: chatMessage, history: { seconds: 3_600 }, presence: true, publish: 'subscribers' },
  /** Only the server publishes: `npm run publish -- news '{"title":"…"}'`. */
  news: { message: headline, history: { seconds: 86_400 } },
  'typing:{room}': { message: typing, ephemeral: true, publish: 'subscribers' },
});
