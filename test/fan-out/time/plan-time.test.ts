import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planTime } from '../../../fan-out/time/plan-time.ts';

describe('planTime', () => {
  it('divides the 30 seconds of a fan-out', () => {
    expect(planTime(0, 30_000, 5_000)).toEqual({
      postUntil: 10_000,
      awaitPostsUntil: 14_500,
      scanUntil: 26_000,
      answerBy: 29_500,
    });
  });

  it('leaves time to hand over, whatever the target is', () => {
    expect(planTime(0, 30_000, 60_000)).toMatchObject({ postUntil: 21_500, awaitPostsUntil: 26_000 });
  });

  it('always leaves some time to post, and answers before the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900_000 }), fc.integer({ min: 1, max: 900_000 }), (leftMs, targetMs) => {
        const { postUntil, awaitPostsUntil, scanUntil, answerBy } = planTime(1_000, 1_000 + leftMs, targetMs);
        expect(postUntil).toBeGreaterThan(1_000);
        expect(awaitPostsUntil).toBeGreaterThanOrEqual(postUntil);
        expect(scanUntil).toBeGreaterThanOrEqual(awaitPostsUntil);
        expect(answerBy).toBeGreaterThanOrEqual(scanUntil);
        expect(answerBy).toBeLessThan(1_000 + leftMs);
      }),
    );
  });
});
