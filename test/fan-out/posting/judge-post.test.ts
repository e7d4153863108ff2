import { describe, expect, it } from '@jest/globals';
import { judgePost } from '../../../fan-out/posting/judge-post.ts';

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
  ] as const)('takes %s, %d seconds after the row was written, for %s', (outcome, seconds, verdict) => {
    expect(judgePost(outcome, CONNECTED_AT, secondsLater(seconds))).toBe(verdict);
  });

  it('takes a row that does not say since when for stale', () => {
    expect(judgePost('gone', 0, secondsLater(0))).toBe('stale');
  });
});
