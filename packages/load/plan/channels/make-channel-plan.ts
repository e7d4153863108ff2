import { format } from '../../text/format.ts';
import { type Obstacle, tooLarge, tooManyReconnects } from '../plan-obstacles.ts';
import type { ChannelQuestion } from '../plan-options.ts';
import type { Figures } from '../prices-and-quotas.ts';
import { sumOf, times, type Usage } from './channel-costs.ts';
import {
  batchAtRate,
  channelLimits,
  type FanOutBatch,
  type Limit,
  pacedMs,
  postsOfFunction,
} from './channel-limits.ts';
import {
  type ChannelCosts,
  channelMonthlyCosts,
  idleUsage,
  messageUsage,
  segmentsOf,
} from './channel-monthly-costs.ts';

export interface ChannelPlan {
  question: ChannelQuestion;
  postsPerSecond: number;
  /** Share of the account's requests a second: 1 is the whole quota. */
  quotaShare: number;
  /** The batches of the fan-out at this rate. */
  batch: FanOutBatch;
  /** Segments of a message that are handed over to the broadcasts' functions. */
  segments: number;
  /** Time from the send of a message to its first post, while no other is sent, in milliseconds. */
  firstMs: number;
  /** The same, to its last post. */
  lastMs: number;
  /** The use of AWS in a second, idle connections included. */
  perSecond: Usage;
  /** The first one binds first. */
  limits: Limit[];
  obstacles: Obstacle[];
  costs: ChannelCosts;
}

/** Computes the use, the limits and the cost of channels with history and presence, from the figures only. */
export const makeChannelPlan = (question: ChannelQuestion, figures: Figures): ChannelPlan => {
  const { connections, rate, requestsPerSecond, hours } = question;
  const limits = channelLimits(question, figures);
  const perSecond = sumOf(
    times(rate, messageUsage(question, figures)),
    times(1 / (hours * 3_600), idleUsage(question, figures)),
  );
  const newConnections = connections / figures.connectionSeconds.value;
  const syncs = connections / figures.syncSeconds.value + newConnections;
  return {
    question,
    postsPerSecond: rate * question.members,
    // Each publish and each sync is a request, and so is its ack.
    quotaShare: (rate * (question.members + 2) + 2 * syncs) / requestsPerSecond,
    batch: batchAtRate(question, figures),
    segments: segmentsOf(question, figures),
    ...timesAlone(question, figures),
    perSecond,
    limits,
    obstacles: [
      ...limits.filter(({ used }) => used >= 1).map(({ obstacle }) => obstacle),
      ...tooLargeFrame(question, figures),
      ...tooManyReconnects(question, figures),
    ],
    costs: channelMonthlyCosts(question, figures),
  };
};

const CALLS_BEFORE_POSTS = 4;

/** The head is read, the entry written, the head moved and the first page of subscriptions read. Then posts begin. */
const timesAlone = (question: ChannelQuestion, figures: Figures): { firstMs: number; lastMs: number } => {
  const { routeMs, pickUpMs, tableCallMs, postMs, postShare, channelPostShare, channelPostSeconds } = figures;
  const perSecond = postsOfFunction(question, figures);
  const firstMs = routeMs.value + pickUpMs.value + CALLS_BEFORE_POSTS * tableCallMs.value + postMs.value;
  const own = Math.min(question.members, Math.floor(perSecond * channelPostSeconds.value));
  const rest = question.members - own;
  const othersPerSecond = question.requestsPerSecond * postShare.value * (1 - channelPostShare.value);
  const restMs = rest === 0 ? 0 : pickUpMs.value + (rest / othersPerSecond) * 1_000;
  return { firstMs, lastMs: firstMs + pacedMs(own, perSecond, figures) + restMs };
};

const tooLargeFrame = ({ sizeBytes }: ChannelQuestion, figures: Figures): Obstacle[] => {
  const most = figures.maxChannelFrameBytes.value - figures.channelFrameBytes.value;
  if (sizeBytes <= most) return tooLarge({ sizeBytes }, figures);
  const { bytes } = format;
  return [
    {
      problem: `a message of ${bytes(sizeBytes)} is too large for a channel`,
      remedies: [`send at most ${bytes(most)}`, 'send a link'],
    },
  ];
};
