import { format } from '../../text/format.ts';
import { textTable } from '../../text/text-table.ts';
import { costTable, obstacleTexts, PRICES_NOTE } from '../plan-table.ts';
import type { Limit } from './channel-limits.ts';
import type { ChannelPlan } from './make-channel-plan.ts';

const { bytes, duration, number, share } = format;

/** Formats a plan of channels for the terminal. */
export const channelPlanTable = (plan: ChannelPlan): string => {
  const { question, perSecond, costs, limits, obstacles } = plan;
  const { channels, members, connections, rate, sizeBytes, hours, requestsPerSecond } = question;
  const [first] = limits;
  const rows = [
    [
      'Posts',
      `${number(plan.postsPerSecond)}/s, ${share(plan.quotaShare)} of the account's ${number(requestsPerSecond)} requests a second with syncs and acks`,
    ],
    ['Fan-out', fanOutText(plan)],
    [
      'One message',
      `first member after ${duration(plan.firstMs)}, last after ${duration(plan.lastMs)}, while no other is sent`,
    ],
    ['Table', `${number(perSecond.writeUnits)} write units/s, ${number(perSecond.readUnits)} read units/s`],
    [
      'Queues',
      `${number(perSecond.fifoRequests)} requests/s to the channel queue, ${number(perSecond.queueRequests)}/s to the broadcast queue`,
    ],
    ['Binds first', first ? `${first.name}, at ${rateText(first)}` : ''],
  ];
  return `${[
    `${number(channels)} channels of ${number(members)} members, ${number(connections)} connections, ${number(rate)}/s of ${bytes(sizeBytes)}, ${number(hours)} hours a month`,
    textTable(rows),
    textTable(
      limits.map((limit) => [`  ${limit.name}`, `${share(limit.used)} used`, `all of it at ${rateText(limit)}`]),
    ),
    ...obstacleTexts(obstacles),
    costTable({ 'Idle connections': costs.idle, Messages: costs.publishing }),
    'Channels with history and presence, published to by clients that speak fanout.v1. Storage is not included.',
    PRICES_NOTE,
  ].join('\n\n')}\n`;
};

const rateText = ({ publishesPerSecond }: Limit): string => `${number(publishesPerSecond)} messages/s`;

const fanOutText = ({ batch, segments, question: { concurrency } }: ChannelPlan): string => {
  const shared = batch.records === 1 ? 'a message is alone in its batch' : `${batch.records} messages share a batch`;
  const rest =
    segments > 0
      ? `; ${number(segments)} segments of a message are handed over to the broadcasts' functions`
      : '; it reaches all members itself';
  return `${number(concurrency)} functions; ${shared}, which takes ${duration(batch.durationMs)}${rest}`;
};
