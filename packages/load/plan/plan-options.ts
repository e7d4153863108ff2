import type { Options, Values } from '../../command-line/command.ts';
import { quantity } from '../workload/quantity.ts';
import { PRICES_AND_QUOTAS } from './prices-and-quotas.ts';

const positive = (value: number): boolean => value > 0;

/** The options of `npm run plan`. */
export const PLAN_OPTIONS = {
  connections: {
    type: quantity('count', positive, 'more than 0'),
    default: '1000',
    help: 'number of open connections',
  },
  rate: { type: quantity('rate'), default: '10/s', help: 'broadcasts a second, each to all connections' },
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

export const questionOf = ({ size, quota, ...same }: Values<typeof PLAN_OPTIONS>): PlanQuestion => ({
  ...same,
  sizeBytes: size,
  requestsPerSecond: quota,
});
