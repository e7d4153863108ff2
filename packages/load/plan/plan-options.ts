import type { Options, Values } from '../../command-line/command.ts';
import { quantity } from '../workload/quantity.ts';
import { PRICES_AND_QUOTAS } from './prices-and-quotas.ts';

const positive = (value: number): boolean => value > 0;

/** What `npm run plan` takes. */
export const PLAN_OPTIONS = {
  connections: { type: quantity('count', positive, 'more than 0'), default: '1000', help: 'open at the same time' },
  rate: { type: quantity('rate'), default: '10/s', help: 'broadcasts a second, each to all connections' },
  size: { type: quantity('bytes', positive, 'more than 0'), default: '200B', help: 'of a message' },
  hours: {
    type: quantity('count', (hours) => hours > 0 && hours <= 744, 'from 1 to 744'),
    default: '730',
    help: 'a month that they are connected and sent',
  },
  quota: {
    type: quantity('rate', positive, 'more than 0'),
    default: `${PRICES_AND_QUOTAS.requestsPerSecond.value}/s`,
    help: 'requests a second of the account, if it was raised or the Region has less',
  },
  concurrency: {
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency
    type: quantity('count', (count) => count >= 2 && count <= 1_000, 'from 2 to 1000, as an SQS event source takes'),
    default: `${PRICES_AND_QUOTAS.concurrency.value}`,
    help: 'fan-out functions at once',
  },
} as const satisfies Options;

/** What the planner is asked. */
export interface PlanQuestion {
  connections: number;
  /** Broadcasts a second. */
  rate: number;
  sizeBytes: number;
  /** Hours a month that connections are held and messages are sent. */
  hours: number;
  /** Requests a second of the account, where its quota was raised or its Region has less. */
  requestsPerSecond: number;
  /** Fan-out functions at once. */
  concurrency: number;
}

export const questionOf = ({ size, quota, ...same }: Values<typeof PLAN_OPTIONS>): PlanQuestion => ({
  ...same,
  sizeBytes: size,
  requestsPerSecond: quota,
});
