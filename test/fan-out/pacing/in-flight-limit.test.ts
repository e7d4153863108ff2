import { describe, expect, it } from '@jest/globals';
import { inFlightLimit } from '../../../fan-out/pacing/in-flight-limit.ts';

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
