import type { ChannelQueue } from '../../aws/channels/channel-queue.ts';
import type { ChannelTable } from '../../aws/channels/channel-table.ts';
import { decodeUser, USER_PREFIX } from '../../schemas/channels/channel-name.ts';
import { isUserChannel } from '../../schemas/channels/channel-rules.ts';
import { type Channels, findChannel } from '../../schemas/channels/define-channels.ts';
import { ClientError } from '../../schemas/errors.ts';
import type { Caller } from './caller.ts';

/** The operations that an application can refuse. `history` is asked too if a client wants messages of the past. */
export type ChannelOperation = 'subscribe' | 'history' | 'publish' | 'members';

/** A client's wish, for the application to decide. */
export interface ChannelQuestion {
  channel: string;
  /** The values of the pattern's parameters: `{ room: '42' }`. */
  params: Readonly<Record<string, string>>;
  /** `undefined` for a connection without a user. */
  user: string | undefined;
  operation: ChannelOperation;
}

/** The services of channels. */
export interface ChannelServices {
  table: ChannelTable;
  queue: ChannelQueue;
}

/** One call of a channel route. */
export interface ChannelCall extends ChannelServices {
  channels: Channels;
  caller: Caller;
  /** Default: every operation is allowed. */
  authorize?: ((question: ChannelQuestion) => boolean | Promise<boolean>) | undefined;
}

type KnownChannel = NonNullable<ReturnType<typeof findChannel>>;

/** @throws {ClientError} `CHANNEL_UNKNOWN` */
export const findKnown = (channels: Channels, channel: string): KnownChannel => {
  const found = findChannel(channels, channel);
  if (!found) throw new ClientError('CHANNEL_UNKNOWN', { channel });
  return found;
};

/**
 * Asks the application for each operation. The channel of a user needs no question: it belongs to the connections of
 * the user, and to no other.
 * @throws {ClientError} `FORBIDDEN`, and the errors of `authorize`.
 */
export const askAll = async (
  { authorize, caller }: ChannelCall,
  channel: string,
  { params }: KnownChannel,
  operations: readonly ChannelOperation[],
): Promise<void> => {
  if (isUserChannel(channel) && !operations.includes('publish')) {
    if (channel !== `${USER_PREFIX}${(await caller.connection()).user}`)
      throw new ClientError('FORBIDDEN', { channel });
    return;
  }
  if (!authorize || operations.length === 0) return;
  const { user } = await caller.connection();
  for (const operation of operations) {
    const question = { channel, params, user: user === '' ? undefined : decodeUser(user), operation };
    // Only true allows: a function without a return statement must not open every channel.
    if ((await authorize(question)) !== true) throw new ClientError('FORBIDDEN', { channel, operation });
  }
};
