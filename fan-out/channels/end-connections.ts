import type { ChannelQueue } from '../../aws/channels/channel-queue.ts';
import type { ChannelTable } from '../../aws/channels/channel-table.ts';
import { type ChannelRules, findRule } from '../../schemas/channels/channel-rules.ts';
import type { EndedRecord, ReceivedEnd } from '../../schemas/channels/ended-record.ts';
import type { OnProblem } from '../records/fan-out-problem.ts';
import { systemTimekeeper, type Timekeeper, within } from '../time/timekeeper.ts';

export interface EndTools {
  channels: ChannelTable;
  channelQueue: ChannelQueue;
  rules: ChannelRules;
}

interface EndOptions {
  /** Epoch milliseconds when the function no longer waits. */
  until: number;
  timekeeper?: Timekeeper;
  onProblem: OnProblem;
}

/**
 * Removes the subscriptions of the records of a batch. Never rejects.
 * @returns the ids of the messages that SQS must deliver again.
 */
export const endAll = async (
  received: readonly ReceivedEnd[],
  tools: EndTools,
  { until, timekeeper = systemTimekeeper, onProblem }: EndOptions,
): Promise<readonly string[]> => {
  const ends = received.map(async ({ messageId, record }) => {
    const done = await within(
      endConnections(record, tools).then(() => true),
      until,
      timekeeper,
    ).catch((error) => {
      onProblem({ kind: 'channel', error });
      return false;
    });
    return done ? [] : [messageId];
  });
  return (await Promise.all(ends)).flat();
};

/**
 * Removes the subscriptions of connections that have ended, or one subscription that the server has ended. Every step
 * is safe to repeat, and the connection itself is deleted last: SQS repeats the record until all of it is done.
 * @throws the errors of the table and the queue.
 */
export const endConnections = async ({ ended, channel }: EndedRecord, tools: EndTools): Promise<void> => {
  for (const connectionId of ended) {
    if (channel === undefined) await endConnection(connectionId, tools);
    else await unsubscribe(connectionId, channel, tools);
  }
};

const endConnection = async (connectionId: string, tools: EndTools): Promise<void> => {
  const end = await tools.channels.endConnection(connectionId);
  if (!end) return;
  for (const channel of end.channels) await removeSubscription(channel, end.user, connectionId, tools);
  await tools.channels.deleteConnection(connectionId);
};

const unsubscribe = async (connectionId: string, channel: string, tools: EndTools): Promise<void> => {
  const connection = await tools.channels.connection(connectionId);
  if (!connection) return; // its end removes all of its subscriptions
  await removeSubscription(channel, connection.user, connectionId, tools);
  await tools.channels.removeChannel(connectionId, channel);
};

const removeSubscription = async (
  channel: string,
  user: string,
  connectionId: string,
  { channels, channelQueue, rules }: EndTools,
): Promise<void> => {
  await channels.deleteSubscription(channel, user, connectionId);
  if (user !== '' && findRule(rules, channel)?.rule.presence) await channelQueue.send({ v: 1, channel, look: user });
};
