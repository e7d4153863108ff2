import { describe, expect, it } from '@jest/globals';
import { retryDelayMs } from '../../../fan-out/posting/retry-delay-ms.ts';

describe('retryDelayMs', () => {
  it.each(['failed', 'slow', 'connecting'] as const)('repeats what is %s three times, with full jitter', (setback) => {
    const delays = (random: number) => [1, 2, 3, 4].map((posts) => retryDelayMs(setback, posts, 0, random));
    expect(delays(0)).toEqual([0, 0, 0, undefined]);
    expect(delays(0.5)).toEqual([50, 100, 200, undefined]);
  });

  it('leaves a connection whose post has hung to another function', () => {
    expect(retryDelayMs('failed', 1, 1_949, 0.5)).toBe(50);
    expect(retryDelayMs('failed', 1, 1_950, 0.5)).toBeUndefined();
  });

  it('does not repeat what is forbidden', () => {
    expect(retryDelayMs('forbidden', 1, 0, 0.5)).toBeUndefined();
  });
});
