import { describe, expect, it } from '@jest/globals';
import { ConcurrencyLimit, inFlightLimit } from '../../../fan-out/pacing/concurrency-limit.ts';

describe('inFlightLimit', () => {
  it.each([
    [10_000, 20, 300],
    [4_000, 40, 240],
    [4_000, 0, 64],
    [10, 20, 64],
    [10_000, 2_000, 800],
  ])('allows, for %d posts a second of %d ms, %d in flight', (postsPerSecond, latencyMs, limit) => {
    expect(inFlightLimit(postsPerSecond, latencyMs)).toBe(limit);
  });
});

/** A thread that was idle for this share of each window, in percent. */
const aThread = (...idlePercents: number[]) => {
  let idleMs = 0;
  return {
    idleMs: () => {
      idleMs += idlePercents.shift() ?? 100;
      return idleMs;
    },
  };
};

/** Plays windows of 100 ms with these numbers of answered and unanswered posts, and returns the limit after each. */
const windows = (
  concurrency: ConcurrencyLimit,
  counts: readonly [answered: number, unanswered?: number][],
  latencyMs = 20,
): number[] =>
  counts.map(([answered, unanswered = 0], index) => {
    const now = (index + 1) * 100;
    for (let post = 0; post < unanswered; post++) concurrency.record(undefined, now - 1);
    for (let post = 1; post < answered; post++) concurrency.record(latencyMs, now - 1);
    concurrency.record(latencyMs, now);
    return concurrency.limit;
  });

describe('ConcurrencyLimit', () => {
  it('doubles while that brings more answers, up to 800', () => {
    expect(windows(new ConcurrencyLimit(0, aThread()), [[100], [200], [400], [800], [1_600]])).toEqual([
      128, 256, 512, 800, 800,
    ]);
  });

  it('stays if more posts in flight brought no more answers', () => {
    expect(windows(new ConcurrencyLimit(0, aThread()), [[100], [105], [109], [100]])).toEqual([128, 128, 128, 128]);
  });

  it('grows as far as the thread has time left, and stays if less than a tenth is left', () => {
    expect(windows(new ConcurrencyLimit(0, aThread(0, 20, 50)), [[100], [200]])).toEqual([88, 176]);
    expect(windows(new ConcurrencyLimit(0, aThread(0, 9, 9)), [[100], [200]])).toEqual([64, 64]);
  });

  it('doubles if the thread seems to have been idle longer than the window', () => {
    expect(windows(new ConcurrencyLimit(0, aThread(0, 101, 101)), [[100], [200]])).toEqual([128, 256]);
  });

  it('doubles once a busy thread has time left, even if the answers a second had not grown', () => {
    const concurrency = new ConcurrencyLimit(0, aThread(0, 0, 0, 50));
    expect(windows(concurrency, [[100], [320], [320], [600]])).toEqual([64, 64, 128, 256]);
  });

  it('stays if enough posts are answered', () => {
    expect(windows(new ConcurrencyLimit(0, aThread(), 2_000), [[100], [200], [400]])).toEqual([128, 128, 128]);
  });

  it('stays if posts take an eighth of their deadline, even if more would bring more answers', () => {
    expect(windows(new ConcurrencyLimit(0, aThread()), [[100], [200], [400]], 499)).toEqual([128, 256, 512]);
    expect(windows(new ConcurrencyLimit(0, aThread()), [[100], [200], [400]], 500)).toEqual([64, 64, 64]);
  });

  it('halves before posts reach their deadline', () => {
    const concurrency = new ConcurrencyLimit(0, aThread());
    windows(concurrency, [[100], [200], [400]]);
    for (let post = 0; post < 40; post++) concurrency.record(1_000, 400);
    expect(concurrency.limit).toBe(256);
  });

  it('halves when posts go unanswered, down to 64', () => {
    const counts: [number, number?][] = [[100], [200], [200, 5], [200, 4], [200, 100], [200, 100]];
    expect(windows(new ConcurrencyLimit(0, aThread()), counts)).toEqual([128, 256, 128, 128, 64, 64]);
  });
});
