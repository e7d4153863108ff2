import { describe, expect, it } from '@jest/globals';
import { isAppended, sourceOf } from '../../../schemas/channels/channel-record.ts';

const QUEUE = 'chat-channels.fifo';
const isBefore = (sequence: string, head: string) => isAppended(sourceOf(QUEUE, sequence), sourceOf(QUEUE, head));

describe('isAppended', () => {
  it.each([
    ['18849496460467696128', '18849496460467696129', true],
    ['18849496460467696128', '18849496460467696128', true],
    ['18849496460467696129', '18849496460467696128', false],
    ['9', '10', true],
    ['10', '9', false],
    ['99999999999999999999', '18849496460467696128', false],
    ['9999999999999999999', '18849496460467696128', true],
    ['00000000000000000009', '10', true],
    ['00000000000000000010', '9', false],
  ])('compares %s with the head %s: %j', (sequence, head, appended) => {
    expect(isBefore(sequence, head)).toBe(appended);
  });

  it('distinguishes numbers of 20 digits that are the same as JavaScript numbers', () => {
    const [first, second] = ['18849496460467696128', '18849496460467696129'] as const;
    expect(Number(first)).toBe(Number(second));
    expect(isBefore(second, first)).toBe(false);
  });

  it('takes every record of another queue for new, also if its number is smaller', () => {
    expect(isAppended(sourceOf('new.fifo', '1'), sourceOf(QUEUE, '2'))).toBe(false);
    expect(isAppended(sourceOf('new.fifo', '2'), sourceOf(QUEUE, '1'))).toBe(false);
  });

  it('takes every record for new before the first', () => {
    expect(isAppended(sourceOf(QUEUE, '1'), '')).toBe(false);
  });
});
