import fc from 'fast-check';
import { type ChannelEngine, ChannelWorld, type Plan } from './channel-world.ts';
import { checkWorld } from './check-world.ts';

/** No chance in most runs, so that each kind of fault is also seen alone. */
const chance = (most: number) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.double({ min: 0, max: most, noNaN: true }));

/** The faults and the traffic of one run. */
export const channelPlan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  clients: fc.integer({ min: 1, max: 5 }),
  messages: fc.integer({ min: 1, max: 30 }),
  kills: chance(0.03),
  lates: chance(0.02),
  failures: chance(0.05),
  lostPosts: chance(0.3),
  lostDisconnects: chance(1),
  reconnects: fc.integer({ min: 0, max: 5 }),
  revocations: chance(0.2),
  replacesQueue: fc.boolean(),
});

/** Runs one plan. @throws {Error} that names the broken promise. */
export const runChannelPlan = async (plan: Plan, engine: ChannelEngine): Promise<void> => {
  const world = new ChannelWorld(plan, engine);
  await world.run();
  checkWorld(world);
};
