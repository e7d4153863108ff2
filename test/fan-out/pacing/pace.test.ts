import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../../fan-out/pacing/pace.ts';

/** A thread that always has time left. */
const idle = () => {
  let idleMs = 0;
  return {
    idleMs: () => {
      idleMs += 100;
      return idleMs;
    },
  };
};

const aConnection = () => ({ answeredIn: 0, throttledIn: 0 });

/**
 * Posts for some seconds with as many posts in flight as the pace allows. The gateway takes `latencyMs` and answers at
 * most `capacity` posts a second: the posts above it wait (Little's law).
 */
const post = (pace: Pace, { seconds = 3, latencyMs = 20, capacity = Infinity, rate = 10_000 }): number => {
  let answers = 0;
  for (let now = 1; now <= seconds * 1_000; now++) {
    const perSecond = Math.min(capacity, rate, (pace.inFlightLimit / latencyMs) * 1_000);
    const queued = Math.max(latencyMs, (pace.inFlightLimit / capacity) * 1_000);
    for (answers += perSecond / 1_000; answers >= 1; answers--) pace.record(aConnection(), 'delivered', queued, now);
  }
  return pace.inFlightLimit;
};

describe('Pace', () => {
  it('begins with 64 posts in flight', () => {
    expect(new Pace(10_000, 0, idle()).inFlightLimit).toBe(64);
  });

  it.each([
    [20, 300],
    [40, 600],
    [200, 800],
  ])('allows, with posts that take %d ms, %d in flight', (latencyMs, limit) => {
    expect(Math.abs(post(new Pace(10_000, 0, idle()), { latencyMs }) - limit)).toBeLessThanOrEqual(15);
  });

  it('reaches the rate within half a second', () => {
    const limit = post(new Pace(10_000, 0, idle()), { seconds: 0.5 });
    expect(limit).toBeGreaterThan(200);
  });

  it('does not queue posts if they are not answered faster', () => {
    expect(post(new Pace(10_000, 0, idle()), { capacity: 500, latencyMs: 15 })).toBe(128);
  });

  it('does not count a post without an answer as an answer', () => {
    const pace = new Pace(10_000, 0, idle());
    for (let now = 1; now <= 3_000; now++) pace.record(aConnection(), 'unknown', 2_000, now);
    expect(pace.inFlightLimit).toBe(64);
  });

  it('halves the rate while many connections answer 429', () => {
    const pace = new Pace(1_000, 0, idle());
    for (let answer = 0; answer < 100; answer++) pace.record(aConnection(), 'throttled', 20, 1);
    while (pace.mayPost(1)) pace.spend();
    pace.record(aConnection(), 'delivered', 20, 501);
    let posts = 0;
    for (let now = 1_001; now <= 2_000; now++) for (; pace.mayPost(now); posts++) pace.spend();
    expect(posts).toBeGreaterThanOrEqual(499);
    expect(posts).toBeLessThanOrEqual(550);
  });

  it('pauses for 4 ms at least, and longer if the rate is low', () => {
    const [fast, slow] = [new Pace(10_000, 0, idle()), new Pace(10, 0, idle())];
    for (const pace of [fast, slow]) while (pace.mayPost(0)) pace.spend();
    expect([fast.pauseMs(), slow.pauseMs()]).toEqual([4, 100]);
  });
});
