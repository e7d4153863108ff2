import { format } from '../text/format.ts';
import type { PlanQuestion } from './plan-options.ts';
import type { Figures } from './prices-and-quotas.ts';
import type { BroadcastTimes } from './time-to-last-client.ts';

/** A part of the plan that is impossible. */
export interface Obstacle {
  problem: string;
  /** Changes that would each make it possible. */
  remedies: string[];
}

const { bytes, number } = format;

/** Finds the parts of a plan that are impossible, with their remedies. */
export const planObstacles = (question: PlanQuestion, times: BroadcastTimes, figures: Figures): Obstacle[] => [
  ...tooManyPosts(question, times, figures),
  ...tooLarge(question, figures),
  ...tooManyReconnects(question, figures),
  ...tooMuchScanning(question, figures),
];

const tooManyPosts = (
  { connections, rate, requestsPerSecond, concurrency }: PlanQuestion,
  { utilization }: BroadcastTimes,
  figures: Figures,
): Obstacle[] => {
  if (utilization < 1) return [];
  const posts = connections * rate;
  const share = figures.postShare.value;
  const usable = requestsPerSecond * share;
  const functions = Math.ceil(posts / functionLimit(figures)) + 1;
  const remedies = [
    `raise the account's quota to ${number(Math.ceil((posts + rate) / share) + 1)} requests a second or more${functions > concurrency ? ` and the concurrency to ${number(functions)}` : ''}`,
    `coalesce ${number(Math.floor(posts / usable) + 1)} messages into a frame`,
    `send at most ${number(Math.floor((usable / connections) * 1_000) / 1_000)} messages a second`,
  ];
  if (posts < usable) {
    return [
      {
        problem: `${concurrency} functions cannot make ${number(posts)} posts a second`,
        remedies: ['raise the concurrency of the fan-out'],
      },
    ];
  }
  const limit = `${number(share * 100)} % of the account's quota of ${number(requestsPerSecond)}, which is ${number(usable)}`;
  return [{ problem: `${number(posts)} posts a second exceed ${limit}: the queue would grow without end`, remedies }];
};

/** Most posts a second of one function, without a quota. */
const functionLimit = ({ postsInFlight, postMs, postCpuMs }: Figures): number =>
  Math.min((postsInFlight.value * 1_000) / postMs.value, 1_000 / postCpuMs.value);

/** Finds a message that is too large for API Gateway, or for a client's frame. */
export const tooLarge = (
  { sizeBytes }: Pick<PlanQuestion, 'sizeBytes'>,
  { maxMessageBytes, meteredBytes }: Figures,
): Obstacle[] => {
  if (sizeBytes > maxMessageBytes.value) {
    return [
      {
        problem: `a message of ${bytes(sizeBytes)} is too large`,
        remedies: [`send at most ${bytes(maxMessageBytes.value)}`, 'send a link'],
      },
    ];
  }
  if (sizeBytes <= meteredBytes.value) return [];
  const problem = `a client's message of ${bytes(sizeBytes)} does not fit a frame of ${bytes(meteredBytes.value)}`;
  return [{ problem, remedies: ['send such messages from a backend', 'split them into several frames'] }];
};

/** Finds more new connections a second than the account may have. */
export const tooManyReconnects = ({ connections }: Pick<PlanQuestion, 'connections'>, figures: Figures): Obstacle[] => {
  const { newConnectionsPerSecond: quota, connectionSeconds: life } = figures;
  if (connections / life.value <= quota.value) return [];
  const problem = `the two-hour limit alone causes ${number(Math.ceil(connections / life.value))} new connections a second, and the quota is ${number(quota.value)}`;
  return [
    {
      problem,
      remedies: ["raise the account's quota of new connections", 'spread the connections over accounts or Regions'],
    },
  ];
};

const tooMuchScanning = ({ connections, rate }: PlanQuestion, figures: Figures): Obstacle[] => {
  const { rowBytes, readUnitBytes, tableReadUnitsPerSecond: quota } = figures;
  const units = (rate * connections * rowBytes.value) / readUnitBytes.value;
  if (units <= quota.value) return [];
  const problem = `one scan a broadcast reads ${number(Math.round(units))} units a second, and a new table allows ${number(quota.value)}`;
  return [{ problem, remedies: ['let broadcasts share scans: up to ten in a batch do', 'pre-warm the table'] }];
};
