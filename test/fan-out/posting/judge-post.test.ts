import { describe, expect, it } from '@jest/globals';
import { judgePost, retryDelayMs } from '../../../fan-out/posting/judge-post.ts';

const CONNECTED_AT = 1_795_219_006;
const secondsLater = (seconds: number): number => (CONNECTED_AT + seconds) * 1_000;

describe('judgePost', () => {
  it.each([
    ['gone', 0, 'connecting'],
    ['gone', 29.999, 'connecting'],
    ['gone', 30, 'stale'],
    ['gone', 7_200, 'stale'],
    ['delivered', 0, 'delivered'],
    ['throttled', 60, 'slow'],
    ['too-large', 60, 'too-large'],
    ['forbidden', 60, 'forbidden'],
    ['failed', 60, 'failed'],
    ['unknown', 60, 'failed'],
  ] as const)('judges %s, %d seconds after the row was written, as %s', (outcome, seconds, verdict) => {
    expect(judgePost(outcome, CONNECTED_AT, secondsLater(seconds))).toBe(verdict);
  });

  it('judges a 410 as stale if the row has no time', () => {
    expect(judgePost('gone', 0, secondsLater(0))).toBe('stale');
  });
});

describe('retryDelayMs', () => {
  it.each(['failed', 'slow', 'connecting'] as const)('retries three times after %s, with full jitter', (reason) => {
    const delays = (random: number) => [1, 2, 3, 4].map((posts) => retryDelayMs(reason, posts, 0, random));
    expect(delays(0)).toEqual([0, 0, 0, undefined]);
    expect(delays(0.5)).toEqual([50, 100, 200, undefined]);
  });

  it('leaves a connection whose post has hung to another function', () => {
    expect(retryDelayMs('failed', 1, 1_949, 0.5)).toBe(50);
    expect(retryDelayMs('failed', 1, 1_950, 0.5)).toBeUndefined();
  });

  it('does not retry after a 403', () => {
    expect(retryDelayMs('forbidden', 1, 0, 0.5)).toBeUndefined();
  });
});
