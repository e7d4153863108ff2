import { describe, expect, it } from '@jest/globals';
import { ConcurrencyLimit, inFlightLimit } from '../../../fan-out/pacing/concurrency-limit.ts';

describe('inFlightLimit', () => {
  it.each([
    [10_000, 20, 300],
    [4_000, 40, 240],
    [4_000, 0, 64],
    [10, 20, 64],
    [10_000, 2_000, 800],
  ])('is, at %d posts a second of %d ms, %d', (postsPerSecond, latencyMs, limit) => {
    expect(inFlightLimit(postsPerSecond, latencyMs)).toBe(limit);
  });
});

/** A thread that had nothing to do for so many of each hundred milliseconds. */
const aThread = (...idlePercents: number[]) => {
  let idleMs = 0;
  return {
    idleMs: () => {
      idleMs += idlePercents.shift() ?? 100;
      return idleMs;
    },
  };
};

/** Tenths of a second in which so many posts were answered, and as many as that were not. */
const windows = (
  useful: ConcurrencyLimit,
  counts: readonly [answered: number, unanswered?: number][],
  latencyMs = 20,
): number[] =>
  counts.map(([answered, unanswered = 0], index) => {
    const now = (index + 1) * 100;
    for (let post = 0; post < unanswered; post++) useful.note(undefined, now - 1);
    for (let post = 1; post < answered; post++) useful.note(latencyMs, now - 1);
    useful.note(latencyMs, now);
    return useful.limit;
  });

describe('ConcurrencyLimit', () => {
  it('doubles while that brings more answers, up to 800', () => {
    expect(windows(new ConcurrencyLimit(0, aThread()), [[100], [200], [400], [800], [1_600]])).toEqual([
      128, 256, 512, 800, 800,
    ]);
  });

  it('stays where more in flight brought no more answers', () => {
    expect(windows(new ConcurrencyLimit(0, aThread()), [[100], [105], [109], [100]])).toEqual([128, 128, 128, 128]);
  });

  it('grows as far as the thread has time left, and stays where that is less than a tenth', () => {
    expect(windows(new ConcurrencyLimit(0, aThread(0, 20, 50)), [[100], [200]])).toEqual([88, 176]);
    expect(windows(new ConcurrencyLimit(0, aThread(0, 9, 9)), [[100], [200]])).toEqual([64, 64]);
  });

  it('doubles where a thread seems to have had more time than there was', () => {
    expect(windows(new ConcurrencyLimit(0, aThread(0, 101, 101)), [[100], [200]])).toEqual([128, 256]);
  });

  it('doubles once a busy thread has time left, as fast as it had been before', () => {
    const useful = new ConcurrencyLimit(0, aThread(0, 0, 0, 50));
    expect(windows(useful, [[100], [320], [320], [600]])).toEqual([64, 64, 128, 256]);
  });

  it('stays where as many are answered as are needed', () => {
    expect(windows(new ConcurrencyLimit(0, aThread(), 2_000), [[100], [200], [400]])).toEqual([128, 128, 128]);
  });

  it('stays where posts already take a eighth of their deadline, whatever more would bring', () => {
    expect(windows(new ConcurrencyLimit(0, aThread()), [[100], [200], [400]], 499)).toEqual([128, 256, 512]);
    expect(windows(new ConcurrencyLimit(0, aThread()), [[100], [200], [400]], 500)).toEqual([64, 64, 64]);
  });

  it('halves before posts reach their deadline', () => {
    const useful = new ConcurrencyLimit(0, aThread());
    windows(useful, [[100], [200], [400]]);
    for (let post = 0; post < 40; post++) useful.note(1_000, 400);
    expect(useful.limit).toBe(256);
  });

  it('halves when posts go unanswered, down to 64', () => {
    const counts: [number, number?][] = [[100], [200], [200, 5], [200, 4], [200, 100], [200, 100]];
    expect(windows(new ConcurrencyLimit(0, aThread()), counts)).toEqual([128, 256, 128, 128, 64, 64]);
  });
});
