import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../fan-out/pace.ts';

const aConnection = () => ({ answeredIn: 0, throttledIn: 0 });

describe('Pace', () => {
  it('lets more posts be in flight the longer they take', () => {
    const pace = new Pace(10_000, 0);
    expect(pace.inFlightLimit).toBe(64);
    for (let post = 0; post < 200; post++) pace.note(aConnection(), 'delivered', 20, 1);
    expect(pace.inFlightLimit).toBeGreaterThan(290);
    expect(pace.inFlightLimit).toBeLessThanOrEqual(300);
  });

  it('adds no posts to a queue at the gateway', () => {
    const pace = new Pace(10_000, 0);
    pace.note(aConnection(), 'delivered', 10, 1);
    for (let post = 0; post < 500; post++) pace.note(aConnection(), 'delivered', 1_000, 1);
    expect(pace.inFlightLimit).toBe(600);
  });

  it('takes a gateway that is far away for no queue', () => {
    const pace = new Pace(10_000, 0);
    for (let post = 0; post < 500; post++) pace.note(aConnection(), 'delivered', 1_000, 1);
    expect(pace.inFlightLimit).toBe(800);
  });

  it('measures only what was delivered', () => {
    const pace = new Pace(10_000, 0);
    for (let post = 0; post < 500; post++) pace.note(aConnection(), 'unknown', 2_000, 1);
    expect(pace.inFlightLimit).toBe(64);
  });

  it('halves the rate while many connections answer 429', () => {
    const pace = new Pace(1_000, 0);
    for (let post = 0; post < 100; post++) pace.note(aConnection(), 'throttled', 20, 1);
    while (pace.mayPost(1)) pace.spend();
    pace.note(aConnection(), 'delivered', 20, 501);
    let posts = 0;
    for (let now = 1_001; now <= 2_000; now++) for (; pace.mayPost(now); posts++) pace.spend();
    expect(posts).toBeGreaterThanOrEqual(499);
    expect(posts).toBeLessThanOrEqual(550);
  });

  it('pauses for 4 ms at least, longer where the rate says so', () => {
    const [fast, slow] = [new Pace(10_000, 0), new Pace(10, 0)];
    for (const pace of [fast, slow]) while (pace.mayPost(0)) pace.spend();
    expect([fast.pauseMs(), slow.pauseMs()]).toEqual([4, 100]);
  });
});
