import type { ChannelConnection } from '../../aws/channels/channel-table.ts';
import { isUserChannel } from '../../schemas/channels/channel-rules.ts';
import type { ChannelState } from '../../schemas/channels/frames.ts';
import { ClientError } from '../../schemas/errors.ts';
import { MAX_CONNECTION_SECONDS } from '../../schemas/quotas.ts';
import { readClientError } from '../support/read-client-error.ts';
import { askAll, type ChannelCall, type ChannelServices, findKnown } from './channel-call.ts';
import { AnswerRoom, readHead, readState, type StateQuestion } from './read-state.ts';

/** The answer to `sync`: the state of each channel, or the code of its refusal. */
export interface SyncResult {
  channels: readonly (ChannelState | { channel: string; code: string })[];
  /** Whole seconds until the connection ends. */
  expiresIn: number;
}

/**
 * Subscribes the caller, then reads the state of the channel: a message is in the state, or its post reaches the
 * subscription. Subscribing twice changes nothing.
 * @throws {ClientError} `CHANNEL_UNKNOWN`, `FORBIDDEN`, `TOO_MANY_CHANNELS`, `UNAUTHORIZED` if the connection has ended.
 */
export const subscribe = async (question: StateQuestion, call: ChannelCall): Promise<ChannelState> => {
  const { read } = await join(question, call, false);
  return read(new AnswerRoom([question]));
};

/**
 * Subscribes the caller to the channels that it is not subscribed to, and reads the state of all. A refusal of one
 * channel leaves the others.
 * @throws {ClientError} `MESSAGE_INVALID` if a channel is there twice, `UNAUTHORIZED` if the connection has ended.
 */
export const sync = async (
  { channels: questions }: { channels: readonly StateQuestion[] },
  call: ChannelCall,
): Promise<SyncResult> => {
  refuseTwins(questions);
  const { connectedAt, ttl } = await call.caller.connection();
  const joined = await Promise.allSettled(
    questions.map(async ({ channel, after }) => {
      findKnown(call.channels, channel);
      const isSubscribed = await hasSubscription(channel, call);
      return join({ channel, ...(after !== undefined && { after }) }, call, isSubscribed);
    }),
  );
  const room = new AnswerRoom(questions);
  const channels: (ChannelState | { channel: string; code: string })[] = [];
  for (const [index, one] of joined.entries()) {
    if (one.status === 'fulfilled') channels.push(await one.value.read(room));
    else channels.push({ channel: questions[index]?.channel ?? '', code: codeOf(one.reason) });
  }
  const endsAt = Math.min(connectedAt + MAX_CONNECTION_SECONDS, ttl);
  return { channels, expiresIn: Math.max(0, endsAt - Math.ceil(Date.now() / 1_000)) };
};

const refuseTwins = (questions: readonly StateQuestion[]): void => {
  const names = questions.map(({ channel }) => channel);
  const errors = names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: `/channels/${index}/channel`, rule: 'uniqueItems', message: 'must NOT be in the list twice' }],
  );
  if (errors.length > 0) throw new ClientError('MESSAGE_INVALID', { errors });
};

/** @throws the error itself, unless it is a refusal. */
const codeOf = (error: unknown): string => {
  const refusal = readClientError(error);
  if (!refusal) throw error;
  return refusal.code;
};

/** Whether the caller is subscribed. */
export const hasSubscription = async (channel: string, { table, caller }: ChannelCall): Promise<boolean> =>
  table.hasSubscription(channel, (await caller.connection()).user, caller.connectionId);

interface Joined {
  /** Reads the state into an answer. */
  read(room: AnswerRoom): Promise<ChannelState>;
}

/** Subscribes the caller unless it is subscribed, and reads the head after that. */
const join = async (question: StateQuestion, call: ChannelCall, isSubscribed: boolean): Promise<Joined> => {
  const { channel, after, last } = question;
  const { table, caller } = call;
  const known = findKnown(call.channels, channel);
  const readsPast = after !== undefined || last !== undefined;
  await askAll(call, channel, known, [
    ...(isSubscribed ? [] : (['subscribe'] as const)),
    ...(readsPast ? (['history'] as const) : []),
  ]);
  const { presence, history } = known.rule;
  if (!isSubscribed) await writeSubscription(channel, await caller.addChannel(channel), { ...call, presence });
  else if (presence) await repairPresence(channel, call);
  if (!history) return { read: async () => ({ channel }) };
  const head = await readHead(table, channel);
  return { read: (room) => readState(question, { table, head, historySeconds: history.seconds, room }) };
};

/** A function that was killed after it had written the subscription did not ask for the user's presence. */
const repairPresence = async (channel: string, { table, queue, caller }: ChannelCall): Promise<void> => {
  const { user } = await caller.connection();
  if (user !== '' && !(await table.isHere(channel, user))) await queue.send({ v: 1, channel, look: user });
};

/** The needs of a change of a subscription. With `presence` the fan-out is told to look at the user. */
type ChangeOptions = ChannelServices & { presence: boolean | undefined };

/** Writes a subscription. The channel must be in the connection's set. */
export const writeSubscription = async (
  channel: string,
  connection: ChannelConnection,
  { table, queue, presence }: ChangeOptions,
): Promise<void> => {
  await table.putSubscription(channel, connection);
  if (presence && connection.user !== '') await queue.send({ v: 1, channel, look: connection.user });
};

/** Deletes a subscription. The set has the channel until the rest is done, so that a repeat does the rest. */
export const deleteSubscription = async (
  channel: string,
  { connectionId, user }: ChannelConnection,
  { table, queue, presence }: ChangeOptions,
): Promise<void> => {
  await table.deleteSubscription(channel, user, connectionId);
  if (presence && user !== '') await queue.send({ v: 1, channel, look: user });
  await table.removeChannel(connectionId, channel);
};

/**
 * Unsubscribes the caller. Without a subscription it changes nothing.
 * @throws {ClientError} `CHANNEL_UNKNOWN`; `FORBIDDEN` for the channel of a user, which its connections always have.
 */
export const unsubscribe = async (
  { channel }: { channel: string },
  call: ChannelCall,
): Promise<{ channel: string }> => {
  const { presence } = findKnown(call.channels, channel).rule;
  if (isUserChannel(channel)) throw new ClientError('FORBIDDEN', { channel });
  await deleteSubscription(channel, await call.caller.connection(), { ...call, presence });
  return { channel };
};
