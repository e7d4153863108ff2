import { type Options, UsageError, type Values } from '../../command-line/command.ts';
import { quantity } from '../workload/quantity.ts';
import { PRICES_AND_QUOTAS } from './prices-and-quotas.ts';

const DEFAULT_CONNECTIONS = 1_000;
const DEFAULT_MEMBERS = 50;

const positive = (value: number): boolean => value > 0;

/** The options of `npm run plan`. */
export const PLAN_OPTIONS = {
  connections: {
    type: quantity('count', positive, 'more than 0'),
    value: `${DEFAULT_CONNECTIONS}`,
    help: 'number of open connections; with --channels one for each member by default',
  },
  rate: {
    type: quantity('rate'),
    default: '10/s',
    help: 'broadcasts a second, each to all connections; with --channels publishes a second, over all channels',
  },
  channels: {
    type: quantity('count', positive, 'more than 0'),
    value: 'COUNT',
    help: 'plan channels instead of broadcasts: number of channels, with history and presence',
  },
  members: {
    type: quantity('count', positive, 'more than 0'),
    value: `${DEFAULT_MEMBERS}`,
    help: 'connections of each channel; needs --channels',
  },
  size: { type: quantity('bytes', positive, 'more than 0'), default: '200B', help: 'size of a message' },
  hours: {
    type: quantity('count', (hours) => hours > 0 && hours <= 744, 'from 1 to 744'),
    default: '730',
    help: 'hours a month with connections and broadcasts',
  },
  quota: {
    type: quantity('rate', positive, 'more than 0'),
    default: `${PRICES_AND_QUOTAS.requestsPerSecond.value}/s`,
    help: "the account's requests a second, if the quota was raised or is lower in the Region",
  },
  concurrency: {
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency
    type: quantity('count', (count) => count >= 2 && count <= 1_000, 'from 2 to 1000, as an SQS event source takes'),
    default: `${PRICES_AND_QUOTAS.concurrency.value}`,
    help: 'fan-out functions that run at the same time',
  },
} as const satisfies Options;

/** The input of the planner. */
export interface PlanQuestion {
  connections: number;
  /** Broadcasts a second. */
  rate: number;
  sizeBytes: number;
  /** Hours a month with connections and broadcasts. */
  hours: number;
  /** The account's quota. */
  requestsPerSecond: number;
  /** Fan-out functions that run at the same time. */
  concurrency: number;
}

/** The input of the planner of channels. */
export interface ChannelQuestion extends PlanQuestion {
  channels: number;
  /** Connections of each channel. */
  members: number;
  /** Publishes a second, over all channels. */
  rate: number;
  /** The channels' fan-out functions that run at the same time. */
  concurrency: number;
}

type Given = Values<typeof PLAN_OPTIONS>;

export const questionOf = ({ connections, rate, size, hours, quota, concurrency }: Given): PlanQuestion => ({
  connections: connections ?? DEFAULT_CONNECTIONS,
  ...{ rate, hours, concurrency, sizeBytes: size, requestsPerSecond: quota },
});

/**
 * @returns `undefined` without `--channels`.
 * @throws {UsageError} if there are members without channels, or too few connections for them.
 */
export const channelQuestionOf = (given: Given): ChannelQuestion | undefined => {
  const { channels, members = DEFAULT_MEMBERS, connections = (channels ?? 0) * members } = given;
  if (channels === undefined) {
    if (given.members === undefined) return undefined;
    throw new UsageError('--members: these are the members of each channel, so give --channels COUNT too.');
  }
  const { maxChannels } = PRICES_AND_QUOTAS;
  const byMembers = members;
  const byChannels = Math.ceil((channels * members) / maxChannels.value);
  if (connections >= Math.max(byMembers, byChannels))
    return { ...questionOf({ ...given, connections }), channels, members };
  const reason =
    byMembers > byChannels ? 'each member is a connection' : `a connection has at most ${maxChannels.value} channels`;
  throw new UsageError(
    `--connections: ${connections} are too few for ${channels} channels of ${members} members, because ${reason}. Expected at least ${Math.max(byMembers, byChannels)}.`,
  );
};
