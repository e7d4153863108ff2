import { describe, expect, it } from '@jest/globals';
import { readFanOutNumbers } from '../../fan-out/read-fan-out-numbers.ts';

describe('readFanOutNumbers', () => {
  it('reads the numbers that the construct sets', () => {
    const environment = { FAN_OUT_POSTS_PER_SECOND: '4000', FAN_OUT_TARGET_MS: '8000' };
    expect(readFanOutNumbers(environment)).toEqual({ postsPerSecond: 4_000, targetMs: 8_000 });
  });

  it('uses a target of five seconds if it is not set', () => {
    expect(readFanOutNumbers({ FAN_OUT_POSTS_PER_SECOND: '1' })).toEqual({ postsPerSecond: 1, targetMs: 5_000 });
  });

  it.each(['many', '0', '-1', 'Infinity'])('refuses %s by name', (text) => {
    expect(() => readFanOutNumbers({ FAN_OUT_POSTS_PER_SECOND: text })).toThrow(
      `FAN_OUT_POSTS_PER_SECOND to be a number from 1, got ${text}`,
    );
  });

  it('names a missing variable', () => {
    expect(() => readFanOutNumbers({})).toThrow('FAN_OUT_POSTS_PER_SECOND is not set');
  });
});
