import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { loadEngine } from './simulation/channel-engine.ts';
import { channelPlan, runChannelPlan } from './simulation/channel-plan.ts';

const MINUTE_MS = 60_000;

describe('channels, whatever the functions, the table, the queue and the clients do', () => {
  it(
    'show each subscriber everything once and in order, and leave no subscription of an ended connection, in 10,000 runs',
    async () => {
      const engine = await loadEngine();
      await fc.assert(
        fc.asyncProperty(channelPlan, (plan) => runChannelPlan(plan, engine)),
        { numRuns: 10_000 },
      );
    },
    20 * MINUTE_MS,
  );
});
