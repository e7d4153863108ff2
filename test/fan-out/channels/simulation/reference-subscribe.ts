import { entryFrame, type LogEntry } from '../../../../schemas/channels/frames.ts';
import type { ChannelEngine } from './channel-world.ts';

export const subscribe: ChannelEngine['subscribe'] = async (
  { connectionId, channel, after },
  { channels, channelQueue, now },
) => {
  const connection = await channels.addChannel(connectionId, channel);
  if (typeof connection === 'string') throw new Error(connection);
  await channels.putSubscription(channel, connection);
  if (connection.user !== '') await channelQueue.send({ v: 1, channel, look: connection.user });
  const head = (await channels.head(channel)) ?? (await channels.createHead(channel, now() * 1_000));
  if (after === undefined) return { channel, seq: head.seq };
  const entries: LogEntry[] = [];
  for (let from = after; from < head.seq; ) {
    const page = await channels.log(channel, { after: from, upTo: head.seq, limit: 100 });
    entries.push(...page);
    const last = page.at(-1);
    if (!last) break;
    from = last.seq;
  }
  const recovered =
    after <= head.seq &&
    entries.every(({ seq }, index) => seq === after + 1 + index) &&
    entries.length === head.seq - after;
  return { channel, after, seq: head.seq, messages: entries.map((entry) => entryFrame(channel, entry)), recovered };
};
