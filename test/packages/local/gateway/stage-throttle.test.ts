import { expect, it } from '@jest/globals';
import { stageThrottle } from '../../../../packages/local/gateway/stage-throttle.ts';
import { createMovableClock } from '../../../../packages/local/runtime/clock.ts';

it("admits the burst immediately, then the stage's rate", async () => {
  let now = 1_000_000;
  const clock = { ...createMovableClock(), now: () => now };
  const throttle = { rateLimit: 2, burstLimit: 3 };
  const admit = stageThrottle([{ name: 'production', variables: {}, throttle }], clock);
  const admitted = (): number => Array.from({ length: 5 }, () => admit('production')).filter(Boolean).length;
  expect(admitted()).toBe(3);
  now += 500;
  expect(admitted()).toBe(1);
  now += 60_000;
  expect(admitted()).toBe(3);
});

it('admits every request if the stage has no throttle', () => {
  const admit = stageThrottle([{ name: 'production', variables: {} }], createMovableClock());
  expect(Array.from({ length: 100 }, () => admit('production'))).not.toContain(false);
});
