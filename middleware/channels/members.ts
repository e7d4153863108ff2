import type { ChannelTable } from '../../aws/channels/channel-table.ts';
import { decodeUser } from '../../schemas/channels/channel-name.ts';
import { MAX_MESSAGE_FRAME_BYTES } from '../../schemas/channels/frames.ts';
import { ClientError } from '../../schemas/errors.ts';
import { askAll, type ChannelCall, findKnown } from './channel-call.ts';

/** Our choice: most users of an answer. */
const MAX_MEMBERS = 1_000;

/** The users of a channel. */
export interface Members {
  /** The presence frames up to this number are in it. */
  seq: number;
  /** At most 1,000 users and 120 KB, in the order of their encoded names. */
  members: readonly string[];
  /** There are more users. */
  more?: true;
}

/**
 * Answers who is here.
 * @throws {ClientError} `CHANNEL_UNKNOWN`; `FORBIDDEN`, also for a channel without presence.
 */
export const members = async (
  { channel }: { channel: string },
  call: ChannelCall,
): Promise<{ channel: string } & Members> => {
  const known = findKnown(call.channels, channel);
  if (!known.rule.presence) throw new ClientError('FORBIDDEN', { channel, reason: 'The channel has no presence' });
  await askAll(call, channel, known, ['members']);
  return { channel, ...(await readMembers(call.table, channel)) };
};

/** Reads the number first: a change that comes in between is in the users already, and comes as a frame too. */
export const readMembers = async (table: ChannelTable, channel: string): Promise<Members> => {
  const { seq } = await table.presence(channel);
  const users = await table.users(channel, MAX_MEMBERS);
  const names: string[] = [];
  let bytes = 0;
  for (const user of users.users) {
    const name = decodeUser(user);
    bytes += Buffer.byteLength(JSON.stringify(name)) + 1;
    if (bytes > MAX_MESSAGE_FRAME_BYTES) return { seq, members: names, more: true };
    names.push(name);
  }
  return { seq, members: names, ...(users.cursor !== undefined && { more: true }) };
};
