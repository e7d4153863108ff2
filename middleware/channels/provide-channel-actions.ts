import { remedyFor } from '../../aws/explain-refusals.ts';
import { userChannel } from '../../schemas/channels/channel-name.ts';
import { isUserChannel } from '../../schemas/channels/channel-rules.ts';
import { createChannelRecord, type PublishOptions } from '../../schemas/channels/create-channel-record.ts';
import type { ChannelData, ChannelName, Channels } from '../../schemas/channels/define-channels.ts';
import { ENDED_DELAY_SECONDS } from '../../schemas/channels/ended-record.ts';
import type { MessageData } from '../../schemas/create-broadcast-record.ts';
import { ClientError } from '../../schemas/errors.ts';
import type { RoutedEvent } from '../../schemas/web-socket-event.ts';
import { findChannelServices, requestContextOf } from '../support/find-services.ts';
import type { MiddlewareObj, Request } from '../support/middleware-obj.ts';
import type { ContextWith, RequestState } from '../support/route-context.ts';
import { Caller } from './caller.ts';
import { findKnown } from './channel-call.ts';
import { type Members, readMembers } from './members.ts';
import { deleteSubscription, writeSubscription } from './subscriptions.ts';

/** The data of messages for a user: as `user:{user}` declares it, otherwise any JSON value. */
type UserData<C> = [ChannelData<C, `user:${string}`>] extends [never] ? MessageData : ChannelData<C, `user:${string}`>;

/** The actions that `webSocketRoute(…, { channels })` puts into a route's context, typed from the channels. */
export interface ChannelActions<C extends Channels> {
  /**
   * Publishes a message to the subscribers of a channel. Resolves when the message is queued, before it is posted. It
   * needs `can: ['publish']`. The definition's `publish` is for clients only.
   * @param options.key Published once within 5 minutes. Clients without a user share the server's keys: make it random.
   * @param options.except A connection that does not receive it. Only for channels without history.
   * @returns the `id` of the message.
   * @throws {ClientError} `CHANNEL_UNKNOWN`, `MESSAGE_INVALID`, `MESSAGE_TOO_LARGE`: the message is not queued.
   * @throws {Error} if the route may not publish to the channel.
   */
  publish<Name extends ChannelName<C>>(
    channel: Name,
    data: ChannelData<C, Name>,
    options?: PublishOptions,
  ): Promise<{ id: string }>;
  /**
   * Publishes a message to all connections of a user. `user` is not encoded.
   * @throws as `publish`, and a `TypeError` if the user is empty or too long.
   */
  sendToUser(user: string, data: UserData<C>): Promise<{ id: string }>;
  /**
   * Subscribes a connection. It needs `can: ['subscribe']`. `authorize` is not asked. If the connection has ended,
   * nothing is written.
   * @param connectionId Default: the caller's.
   * @throws {ClientError} `CHANNEL_UNKNOWN`, `TOO_MANY_CHANNELS`.
   * @throws {Error} if the caller was never opened, because `$connect` has no `keepConnection`.
   */
  subscribe(channel: ChannelName<C>, connectionId?: string): Promise<void>;
  /**
   * Unsubscribes a connection. It needs `can: ['subscribe']`. Another connection is unsubscribed again 30 seconds
   * later, because it may be subscribing at this moment. If the connection has ended, nothing is written.
   * @param connectionId Default: the caller's.
   * @throws {ClientError} `CHANNEL_UNKNOWN`
   */
  unsubscribe(channel: ChannelName<C>, connectionId?: string): Promise<void>;
  /**
   * Returns the users of a channel with presence, at most 1,000. It needs `can: ['members']`.
   * @throws {ClientError} `CHANNEL_UNKNOWN`
   * @throws {TypeError} if the channel has no presence.
   */
  members(channel: ChannelName<C>): Promise<Members>;
}

type ActionsContext = ContextWith<'services'> & ChannelActions<Channels>;
type ActionsRequest = Request<RoutedEvent, unknown, Error, ActionsContext, RequestState>;

/**
 * Puts the actions of {@link ChannelActions} into the context.
 * @throws {TypeError} if `FAN_OUT_MAY_PUBLISH` is not a JSON list of patterns.
 */
export const provideChannelActions = <C extends Channels>(
  channels: C,
): MiddlewareObj<RoutedEvent, unknown, Error, ContextWith<'services'> & ChannelActions<C>, RequestState> => {
  const mayPublish = readMayPublish();
  const provideChannelActionsBefore = ({ event, context, internal }: ActionsRequest): void => {
    const requestContext = requestContextOf('webSocketRoute', event);
    const { routeKey } = requestContext;
    const find = () => findChannelServices('webSocketRoute', context);
    const send = async (channel: string, data: unknown, options: PublishOptions = {}) => {
      if (!mayPublish(channel))
        throw new Error(`The route "${routeKey}" may not publish to ${channel}: add ${remedyFor('publish', routeKey)}`);
      const record = await createChannelRecord(channels, channel, data, options);
      await find().queue.send(record, record.id);
      internal.broadcastIds = [...(internal.broadcastIds ?? []), record.id];
      return { id: record.id };
    };
    const actions: ChannelActions<Channels> = {
      publish: send,
      sendToUser: async (user, data) => send(userChannel(user), data),
      subscribe: async (channel, connectionId = requestContext.connectionId) => {
        const { table, queue } = find();
        const { presence } = findOrdinary(channels, channel);
        const isCaller = connectionId === requestContext.connectionId;
        const connection = isCaller
          ? await new Caller(table, connectionId).addChannel(channel)
          : await table.addChannel(connectionId, channel);
        if (connection === 'full') throw new ClientError('TOO_MANY_CHANNELS', { channel });
        if (connection !== 'ended') await writeSubscription(channel, connection, { table, queue, presence });
      },
      unsubscribe: async (channel, connectionId = requestContext.connectionId) => {
        const { table, queue } = find();
        const { presence } = findOrdinary(channels, channel);
        const connection = await table.connection(connectionId);
        if (!connection) return; // its end removes all of its subscriptions
        await deleteSubscription(channel, connection, { table, queue, presence });
        if (connectionId === requestContext.connectionId) return;
        const again = { v: 2, ended: [connectionId], channel } as const;
        await context.services.queue.send(again, { delaySeconds: ENDED_DELAY_SECONDS });
      },
      members: async (channel) => {
        if (!findKnown(channels, channel).rule.presence)
          throw new TypeError(`The channel ${channel} has no presence: add presence: true to its definition`);
        return readMembers(find().table, channel);
      },
    };
    Object.assign(context, actions);
  };
  return { before: provideChannelActionsBefore } as ReturnType<typeof provideChannelActions<C>>;
};

const findOrdinary = (channels: Channels, channel: string) => {
  const { rule } = findKnown(channels, channel);
  if (isUserChannel(channel))
    throw new TypeError(`The channel ${channel} always has the connections of its user, and no others`);
  return rule;
};

/** Reads which channels the route may publish to. `*` in a pattern matches any text. */
const readMayPublish = (): ((channel: string) => boolean) => {
  const text = process.env.FAN_OUT_MAY_PUBLISH;
  if (!text) return () => true;
  const patterns = parsePatterns(text).map(
    (pattern) => new RegExp(`^${pattern.replaceAll(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`),
  );
  return (channel) => patterns.some((pattern) => pattern.test(channel));
};

const parsePatterns = (text: string): string[] => {
  try {
    const patterns: unknown = JSON.parse(text);
    if (Array.isArray(patterns) && patterns.every((pattern) => typeof pattern === 'string')) return patterns;
  } catch {}
  throw new TypeError('Expected FAN_OUT_MAY_PUBLISH to be a JSON list of patterns, such as ["room:*"]');
};
