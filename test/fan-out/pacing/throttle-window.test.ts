import { describe, expect, it } from '@jest/globals';
import { ThrottleWindow, type WindowedConnection } from '../../../fan-out/pacing/throttle-window.ts';

const connections = (count: number): WindowedConnection[] =>
  Array.from({ length: count }, () => ({ answeredIn: 0, throttledIn: 0 }));

/**
 * Plays a window in which each connection is answered a number of times, the first ones with 429. Returns the factor.
 */
const window = (watch: ThrottleWindow, at: number, answered: number, throttled: number, times = 1): number => {
  for (const [index, connection] of connections(answered).entries()) {
    for (let time = 0; time < times; time++) watch.record(connection, index < throttled, at);
  }
  watch.record({ answeredIn: 0, throttledIn: 0 }, false, at + 500);
  return watch.factor;
};

describe('ThrottleWindow', () => {
  it('halves the rate if more than 5 % of distinct connections got 429', () => {
    expect(window(new ThrottleWindow(0), 0, 100, 6)).toBe(0.5);
  });

  it('keeps the rate at 5 %', () => {
    expect(window(new ThrottleWindow(0), 0, 100, 5)).toBe(1);
  });

  it('counts a slow reader once, however often it gets 429', () => {
    expect(window(new ThrottleWindow(0), 0, 100, 5, 40)).toBe(1);
  });

  it('does not lower the rate for fewer than 20 connections', () => {
    expect(window(new ThrottleWindow(0), 0, 19, 19)).toBe(1);
  });

  it('raises the rate by a quarter with each window', () => {
    const watch = new ThrottleWindow(0);
    window(watch, 0, 100, 100);
    const factors = [500, 1_000, 1_500, 2_000].map((at) => window(watch, at, 100, 0));
    expect(factors).toEqual([0.625, 0.78125, 0.9765625, 1]);
  });

  it('never lowers the rate below a sixteenth', () => {
    const watch = new ThrottleWindow(0);
    const factors = [0, 500, 1_000, 1_500, 2_000, 2_500].map((at) => window(watch, at, 100, 100));
    expect(factors).toEqual([0.5, 0.25, 0.125, 0.0625, 0.0625, 0.0625]);
  });
});
