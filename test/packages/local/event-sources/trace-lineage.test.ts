import { describe, expect, it } from '@jest/globals';
import { isRecursiveLoop, nextTraceHeader, roundsOf } from '../../../../packages/local/event-sources/trace-lineage.ts';

const ECHO = 'arn:aws:lambda:us-east-1:123456789012:function:echo';
const OTHER = 'arn:aws:lambda:us-east-1:123456789012:function:other';

const afterRounds = (rounds: number): string | undefined => {
  let header: string | undefined;
  for (let round = 0; round < rounds; round += 1) header = nextTraceHeader([header], ECHO);
  return header;
};

describe('the lineage of a trace header', () => {
  it('counts the rounds through each function and keeps the root', () => {
    const header = afterRounds(3) as string;
    expect(header).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=[0-9a-f]{8}:3$/);
    const other = nextTraceHeader([header], OTHER);
    expect(other.slice(0, 40)).toBe(header.slice(0, 40));
    expect([roundsOf(other, ECHO), roundsOf(other, OTHER)]).toEqual([3, 1]);
  });

  it('shows a loop after sixteen rounds', () => {
    expect(isRecursiveLoop(afterRounds(15), ECHO)).toBe(false);
    expect(isRecursiveLoop(afterRounds(16), ECHO)).toBe(true);
    expect(isRecursiveLoop(afterRounds(16), OTHER)).toBe(false);
  });

  it('follows the longest chain of a batch', () => {
    expect(roundsOf(nextTraceHeader([afterRounds(2), undefined, afterRounds(5)], ECHO), ECHO)).toBe(6);
  });
});
