import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from '../../../fan-out/pacing/token-bucket.ts';

const drain = (bucket: TokenBucket, now: number): number => {
  let taken = 0;
  for (; bucket.has(now); taken++) bucket.take();
  return taken;
};

describe('TokenBucket', () => {
  it('allows the posts of a tenth of a second immediately, then the rate', () => {
    const bucket = new TokenBucket(4_000, 0);
    expect(drain(bucket, 0)).toBe(400);
    let taken = 0;
    for (let now = 1; now <= 1_000; now++) taken += drain(bucket, now);
    expect(taken).toBe(4_000);
  });

  it('saves at most the posts of a tenth of a second', () => {
    const bucket = new TokenBucket(4_000, 0);
    expect(drain(bucket, 60_000)).toBe(400);
  });

  it('says how long to wait for the next post', () => {
    const bucket = new TokenBucket(4, 0);
    expect(drain(bucket, 0)).toBe(1);
    expect(bucket.waitMs()).toBe(250);
    expect(bucket.has(100)).toBe(false);
    expect(bucket.waitMs()).toBe(150);
  });

  it('follows a rate that changes', () => {
    const bucket = new TokenBucket(4_000, 0);
    drain(bucket, 0);
    bucket.setRate(1_000);
    expect(drain(bucket, 50)).toBe(50);
  });

  it('ignores a clock that goes back', () => {
    const bucket = new TokenBucket(1_000, 1_000);
    drain(bucket, 1_000);
    expect(bucket.has(500)).toBe(false);
    expect(drain(bucket, 1_010)).toBe(10);
  });
});
